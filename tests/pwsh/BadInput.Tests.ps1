# Each wrong input is a clear error with an id of its own; nothing runs, nothing is lost, nothing crashes.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'BeforeAll and -ForEach hand variables to other blocks')]
param()

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')
    $cmdlet = 'OrchestrationEngine.PowerShell.Cmdlets.InvokeParallelOrchestrationCommand'
}

Describe 'A wrong argument' {
    It 'is refused before anything runs: <Name>' -ForEach @(
        @{ Name = 'ThrottleLimit 0'; Arguments = @{ ThrottleLimit = 0 } }
        @{ Name = 'ThrottleLimit -1'; Arguments = @{ ThrottleLimit = -1 } }
        @{ Name = 'ThrottleLimit 1025'; Arguments = @{ ThrottleLimit = 1025 } }
        @{ Name = 'TimeoutSeconds -1'; Arguments = @{ TimeoutSeconds = -1 } }
        @{ Name = 'TimeoutSeconds -0.001'; Arguments = @{ TimeoutSeconds = -0.001 } }
        @{ Name = 'TimeoutSeconds too long'; Arguments = @{ TimeoutSeconds = 2147484 } }
        @{ Name = 'TimeoutSeconds not a number'; Arguments = @{ TimeoutSeconds = [double]::NaN } }
        @{ Name = 'TimeoutSeconds infinite'; Arguments = @{ TimeoutSeconds = [double]::PositiveInfinity } }
        @{ Name = 'ItemTimeoutSeconds -1'; Arguments = @{ ItemTimeoutSeconds = -1 } }
        @{ Name = 'ItemTimeoutSeconds not a number'; Arguments = @{ ItemTimeoutSeconds = [double]::NaN } }
        @{ Name = 'QueueCapacity 0'; Arguments = @{ QueueCapacity = 0 } }
        @{ Name = 'no block'; Arguments = @{ ScriptBlock = $null } }
    ) {
        $ran = [Collections.Concurrent.ConcurrentBag[int]]::new()
        $others = $Arguments.ContainsKey('ScriptBlock') ? @{} : @{ ScriptBlock = { ($using:ran).Add(1) } }
        { 1..3 | Invoke-ParallelOrchestration @Arguments @others } | Should -Throw -ErrorId "ParameterArgumentValidationError*,$cmdlet"
        $ran.Count | Should -Be 0
    }

    It 'names the parameter and the range' {
        { 1 | Invoke-ParallelOrchestration { } -ThrottleLimit 0 } | Should -Throw "*'ThrottleLimit'*1*"
    }

    It 'that is no number is an error of binding' {
        { 1 | Invoke-ParallelOrchestration { } -ThrottleLimit many } | Should -Throw -ErrorId "CannotConvertArgumentNoMessage,$cmdlet"
    }

    It 'that is no block is an error of binding' {
        { 1 | Invoke-ParallelOrchestration 'text' } | Should -Throw -ErrorId "CannotConvertArgumentNoMessage,$cmdlet"
    }

    It 'at the bounds is taken' {
        1..3 | Invoke-ParallelOrchestration -ThrottleLimit 1024 -QueueCapacity 1000000 -TimeoutSeconds 2147483 -ItemTimeoutSeconds 0.001 -Ordered -PassThru { $_ } |
            ForEach-Object Index | Should -Be 0, 1, 2
    }
}

Describe 'The native library' {
    BeforeAll {
        # A copy of the module, whose library a test can replace.
        function Copy-Module([string] $Name) {
            $folder = Join-Path $TestDrive "$Name/OrchestrationEngine"
            Copy-Item (Split-Path (Get-ModuleManifestPath)) $folder -Recurse
            $library = Get-ChildItem $folder -Recurse -File | Where-Object Name -Match '^(lib)?orchestration_engine\.(so|dylib|dll)$'
            [pscustomobject]@{ Manifest = Join-Path $folder 'OrchestrationEngine.psd1'; Library = $library.FullName }
        }

        # What a fresh process says to two calls.
        function Get-Problem($Module) {
            $fresh = Invoke-Fresh -Manifest $Module.Manifest @'
foreach ($time in 1, 2) {
    try { 1 | Invoke-ParallelOrchestration { 'ran' } } catch { "$($_.FullyQualifiedErrorId -replace ',.*') | $($_.CategoryInfo.Category) | $("$_" -replace '\s+', ' ')" }
}
'@
            $fresh.ErrorText | Should -BeNullOrEmpty
            $fresh.Output.Count | Should -Be 2
            $fresh.Output[1] | Should -Be $fresh.Output[0]
            $fresh.Output[0]
        }

        function New-Library([string] $Path, [string] $Source) {
            $file = Join-Path $TestDrive "$([guid]::NewGuid()).c"
            Set-Content $file $Source
            $made = & cc -shared -fPIC -o $Path $file 2>&1
            if ($LASTEXITCODE) { throw "cc: $made" }
        }
    }

    It 'that is missing is an error that names the file and what to do' {
        $copy = Copy-Module missing
        Remove-Item $copy.Library
        Get-Problem $copy | Should -BeLike "EngineLibraryMissing | ResourceUnavailable | *$($copy.Library)*build*"
    }

    It 'that is no library is an error' {
        $copy = Copy-Module garbage
        Set-Content $copy.Library 'this is not a library'
        Get-Problem $copy | Should -BeLike "EngineLibraryMissing | ResourceUnavailable | *$($copy.Library)*"
    }

    It 'of another version is an error that names both versions' {
        if (-not (Get-Command cc -ErrorAction Ignore)) { Set-ItResult -Skipped -Because 'there is no C compiler (cc) to make such a library'; return }
        $copy = Copy-Module version
        New-Library $copy.Library 'unsigned oe_abi_version(void) { return 4242; }'
        Get-Problem $copy | Should -BeLike "EngineLibraryWrongVersion | ResourceUnavailable | *$($copy.Library)*4242*1*"
    }

    It 'that is another one is an error' {
        if (-not (Get-Command cc -ErrorAction Ignore)) { Set-ItResult -Skipped -Because 'there is no C compiler (cc) to make such a library'; return }
        $copy = Copy-Module other
        New-Library $copy.Library 'int something_else(void) { return 1; }'
        Get-Problem $copy | Should -BeLike "EngineLibraryNotOurs | ResourceUnavailable | *$($copy.Library)*"
    }

    It 'is not needed to import the module or to ask for the pool' {
        $copy = Copy-Module import
        Remove-Item $copy.Library
        $fresh = Invoke-Fresh -Manifest $copy.Manifest '(Get-Command -Module OrchestrationEngine).Name | Sort-Object; @(Get-OrchestrationPool).Count; Clear-OrchestrationPool'
        $fresh.Output | Should -Be 'Clear-OrchestrationCache', 'Clear-OrchestrationPool', 'Disable-ParallelForEachObject', 'Enable-ParallelForEachObject', 'Export-PlaybookDefinition', 'Get-OrchestrationPool', 'Get-OrchestrationScript', 'Get-OrchestrationStepType', 'Get-Playbook', 'Get-PlaybookPlan', 'Get-PlaybookStatus', 'Import-PlaybookDefinition', 'Invoke-AitherPlaybook', 'Invoke-ParallelOrchestration', 'Invoke-PlaybookWorkflow', 'New-ConditionalStep', 'New-ParallelStep', 'New-Playbook', 'New-PlaybookDefinition', 'New-ScriptStep', 'Register-OrchestrationStepType', 'Resume-PlaybookWorkflow', 'Show-OrchestrationRun', 'Show-PlaybookGraph', 'Stop-PlaybookWorkflow', 'Test-PlaybookDefinition', 'Unregister-OrchestrationStepType', 'Validate-PlaybookDefinition', '0'
        $fresh.ErrorText | Should -BeNullOrEmpty
    }
}

Describe 'The module' {
    It 'exports its cmdlets and nothing else' {
        $module = Get-Module OrchestrationEngine
        $module.ExportedCommands.Keys | Sort-Object | Should -Be 'Clear-OrchestrationCache', 'Clear-OrchestrationPool', 'Disable-ParallelForEachObject', 'Enable-ParallelForEachObject', 'Export-PlaybookDefinition', 'Get-OrchestrationPool', 'Get-OrchestrationScript', 'Get-OrchestrationStepType', 'Get-Playbook', 'Get-PlaybookPlan', 'Get-PlaybookStatus', 'Import-PlaybookDefinition', 'Invoke-AitherPlaybook', 'Invoke-ParallelOrchestration', 'Invoke-PlaybookWorkflow', 'New-ConditionalStep', 'New-ParallelStep', 'New-Playbook', 'New-PlaybookDefinition', 'New-ScriptStep', 'Register-OrchestrationStepType', 'Resume-PlaybookWorkflow', 'Show-OrchestrationRun', 'Show-PlaybookGraph', 'Stop-PlaybookWorkflow', 'Test-PlaybookDefinition', 'Unregister-OrchestrationStepType', 'Validate-PlaybookDefinition'
    }

    It 'has a manifest that is right' {
        Test-ModuleManifest (Get-ModuleManifestPath) -ErrorAction Stop | ForEach-Object Name | Should -Be 'OrchestrationEngine'
    }

    It 'can be removed and imported again' {
        $fresh = Invoke-Fresh @"
1 | Invoke-ParallelOrchestration { `$_ }
Remove-Module OrchestrationEngine
Import-Module '$(Get-ModuleManifestPath)'
2 | Invoke-ParallelOrchestration { `$_ }
"@
        $fresh.Output | Should -Be '1', '2'
        $fresh.ErrorText | Should -BeNullOrEmpty
    }
}
