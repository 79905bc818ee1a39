# One item, one child scope: what an item sets, the next one does not see, though both run in the same runspace.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidGlobalVars', '', Justification = 'What global variables do is what is tested')]
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidUsingInvokeExpression', '', Justification = 'What it leaves behind is what is tested')]
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidAssignmentToAutomaticVariable', '', Justification = 'An item may do it')]
param()

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')
}

Describe 'What an item leaves behind' -Tag Semantics {
    # Each block says what it finds and then sets something; the second item must find what the first did.
    It 'is gone for the next item: <Name>' -ForEach @(
        @{ Name = 'a variable'; Block = { "[$x]"; $x = 'set' } }
        @{ Name = 'a variable by Set-Variable'; Block = { "[$x]"; Set-Variable x 'set' } }
        @{ Name = 'a variable of the parent scope'; Block = { "[$x]"; Set-Variable x 'set' -Scope 1 } }
        @{ Name = 'a script: variable'; Block = { "[$script:x]"; $script:x = 'set' } }
        @{ Name = 'a global: variable'; Block = { "[$global:x]"; $global:x = 'set' } }
        @{ Name = 'a global: variable by +='; Block = { "[$global:x]"; $global:x += 'set' } }
        @{ Name = 'a global: variable by ++'; Block = { "[$global:x]"; $global:x++ } }
        @{ Name = 'a global: variable by foreach'; Block = { "[$global:x]"; foreach ($global:x in 1, 2) { } } }
        @{ Name = 'a global: variable by multiple assignment'; Block = { "[$global:x]"; $y, $global:x = 1, 2 } }
        @{ Name = 'a global: variable by Set-Variable'; Block = { "[$global:x]"; Set-Variable x 'set' -Scope Global } }
        @{ Name = 'a global: variable by New-Item'; Block = { "[$global:x]"; $null = New-Item variable:global:x -Value 'set' } }
        @{ Name = 'a global: variable by splatting'; Block = { "[$global:x]"; $p = @{ Scope = 'Global' }; Set-Variable x 'set' @p } }
        @{ Name = 'a global: variable by -OutVariable'; Block = { "[$global:x]"; $null = Write-Output 1 -OutVariable global:x } }
        @{ Name = 'a global: variable by a call of the session'; Block = { "[$global:x]"; $ExecutionContext.SessionState.PSVariable.Set('global:x', 'set') } }
        @{ Name = 'a global: variable set by a text'; Block = { "[$global:x]"; & ([scriptblock]::Create('$global:x = "set"')) } }
        @{ Name = 'a global: variable set by Invoke-Expression'; Block = { "[$global:x]"; Invoke-Expression '$global:x = "set"' } }
        @{ Name = 'a global: variable set by a script'; Block = { "[$global:x]"; & $using:script } }
        @{ Name = 'a global: variable set by a block'; Block = { $set = { $global:x = 'set' }; "[$global:x]"; & $set } }
        @{ Name = 'a function'; Block = { "[$(Get-Command Test-It -ErrorAction Ignore)]"; function Test-It { } } }
        @{ Name = 'a function by its drive'; Block = { "[$(Get-Command Test-It -ErrorAction Ignore)]"; ${function:Test-It} = { } } }
        @{ Name = 'a global: function'; Block = { "[$(Get-Command Test-It -ErrorAction Ignore)]"; function global:Test-It { } } }
        @{ Name = 'a global: function in the place of another'; Block = { "[$(prompt)]"; function global:prompt { 'changed' } } }
        @{ Name = 'a function that was removed'; Block = { "[$(Get-Command prompt -ErrorAction Ignore)]"; Remove-Item function:prompt } }
        @{ Name = 'a global alias'; Block = { "[$(Get-Alias oetest -ErrorAction Ignore)]"; Set-Alias oetest Get-Item -Scope Global } }
        @{ Name = 'a global alias in the place of another'; Block = { "[$((Get-Alias gci).Definition)]"; Set-Alias gci Get-Item -Scope Global -Force } }
        @{ Name = 'an alias'; Block = { "[$(Get-Alias oetest -ErrorAction Ignore)]"; Set-Alias oetest Get-Item } }
        @{ Name = 'the strict mode'; Block = { "[$undefined]"; Set-StrictMode -Version Latest } }
        @{ Name = 'a preference'; Block = { "[$ErrorActionPreference]"; $ErrorActionPreference = 'Stop' } }
        @{ Name = 'a global preference'; Block = { "[$ErrorActionPreference]"; $global:ErrorActionPreference = 'Stop' } }
        @{ Name = 'a default parameter value'; Block = { "[$($PSDefaultParameterValues.Count)]"; $PSDefaultParameterValues['Get-Item:Force'] = $true } }
        @{ Name = 'a default parameter value by Add'; Block = { "[$($PSDefaultParameterValues.Count)]"; $PSDefaultParameterValues.Add('Get-Item:Force', $true) } }
        @{ Name = 'the location'; Block = { "[$PWD]"; Set-Location / } }
        @{ Name = 'the drive'; Block = { "[$PWD]"; Set-Location Variable: } }
        @{ Name = 'an error'; Block = { "[$Error]"; Write-Error 'e' -ErrorAction SilentlyContinue } }
        @{ Name = 'an exit code'; Block = { "[$LASTEXITCODE]"; & ([scriptblock]::Create('exit 5')) } }
        @{ Name = 'an exit code, set'; Block = { "[$LASTEXITCODE]"; $global:LASTEXITCODE = 5 } }
        @{ Name = 'a failed $?'; Block = { "[$?]"; Get-Item /none/such -ErrorAction SilentlyContinue } }
        @{ Name = 'a failed $? of a text'; Block = { "[$?]"; Invoke-Expression 'Get-Item /none/such -ErrorAction SilentlyContinue' } }
        @{ Name = 'a drive of its own'; Block = { "[$(Get-PSDrive OeTest -ErrorAction Ignore)]"; $null = New-PSDrive OeTest FileSystem / } }
        @{ Name = 'a global drive'; Block = { "[$(Get-PSDrive OeTest -ErrorAction Ignore)]"; $null = New-PSDrive OeTest FileSystem / -Scope Global } }
        @{ Name = 'a drive that was removed'; Block = { "[$(Get-PSDrive Temp -ErrorAction Ignore)]"; Remove-PSDrive Temp } }
        @{ Name = 'an event subscriber'; Block = { "[$(@(Get-EventSubscriber).Count)]"; $null = Register-EngineEvent OeTest -Action { } } }
        @{ Name = 'a changed $_'; Block = { "[$($_ -in 1, 2)]"; $_ = 'changed' } }
    ) {
        $script = Join-Path $TestDrive 'leaves.ps1'
        Set-Content $script '$global:x = "set"'
        # Twice: the first time the runspace may be new, the second time it was cleaned after the call before.
        foreach ($call in 1, 2) {
            $found = @(1, 2 | Invoke-ParallelOrchestration -ThrottleLimit 1 -Ordered $Block)
            $found.Count | Should -Be 2
            $found[1] | Should -Be $found[0]
        }
    }

    It 'stays where a module brought it' {
        Set-Content TestDrive:/OeStays.psm1 'function Get-OeStays { 1 }; Set-Alias oestays Get-OeStays; Export-ModuleMember -Function * -Alias *'
        $path = "$TestDrive/OeStays.psm1"
        1, 2 | Invoke-ParallelOrchestration -ThrottleLimit 1 { if ($_ -eq 1) { Import-Module $using:path; function global:Get-OeGone { } }; "$(Get-OeStays) $(oestays) $(@(Get-Command Get-OeGone -ErrorAction Ignore).Count)" } |
            Should -Be '1 1 1', '1 1 0'
    }

    It 'is gone for the next call' {
        # So that there is one runspace, and the next call has to come to it. Workers of the tests before may still be on
        # their way back.
        Wait-Until { Clear-OrchestrationPool; (Get-PlainPool).Workers -eq 0 } | Should -BeTrue
        $first = 1 | Invoke-ParallelOrchestration -ThrottleLimit 1 {
            $null = $ExecutionContext.SessionState.PSVariable.Set('global:oeLeft', 1)
            "$([runspace]::DefaultRunspace.Id)"
        }
        $later = 1..30 | ForEach-Object {
            1 | Invoke-ParallelOrchestration -ThrottleLimit 1 { "$([runspace]::DefaultRunspace.Id)[$global:oeLeft]" }
        }
        # Else it shows nothing: every other call had another runspace.
        $later | Should -Contain "$first[]"
        $later | Where-Object { $_ -notlike '*`[`]' } | Should -BeNullOrEmpty
    }

    It 'does not reach the session of the caller' {
        $before = Get-Variable -Name * -Scope Global | ForEach-Object Name
        $place = "$PWD"
        1..4 | Invoke-ParallelOrchestration { $global:oeNew = 1; Set-Location /; function global:Test-OeNew { }; Set-StrictMode -Version Latest }
        Get-Command Test-OeNew -ErrorAction Ignore | Should -BeNullOrEmpty
        Get-Variable -Name * -Scope Global | ForEach-Object Name | Where-Object { $_ -notin $before } | Should -BeNullOrEmpty
        "$PWD" | Should -Be $place
        "[$oeUndefined]" | Should -Be '[]'
    }

    It 'stays where it is the process: environment variables' {
        1 | Invoke-ParallelOrchestration { $env:OE_TEST_LEFT = 'x' }
        $env:OE_TEST_LEFT | Should -Be 'x'
        $env:OE_TEST_LEFT = $null
    }
}

Describe 'What an item finds' -Tag Semantics {
    It 'is no variable, function, alias or strict mode of the caller' {
        $local = 1
        function Test-Local { }
        Set-Alias oelocal Get-Item
        Set-StrictMode -Version Latest
        1 | Invoke-ParallelOrchestration {
            "[$local]"; "[$(Get-Command Test-Local -ErrorAction Ignore)]"; "[$(Get-Alias oelocal -ErrorAction Ignore)]"; "[$undefined]"
        } | Should -Be '[]', '[]', '[]', '[]'
    }

    It 'is a fresh $?, $LASTEXITCODE and $Error' {
        Get-Item /none/such -ErrorAction SilentlyContinue
        $global:LASTEXITCODE = 9
        1 | Invoke-ParallelOrchestration { $?; "[$LASTEXITCODE]"; $Error.Count } | Should -Be $true, '[]', 0
        $global:LASTEXITCODE = 0
    }

    It 'are the default preferences' {
        $names = 'Error', 'Warning', 'Verbose', 'Debug', 'Information', 'Progress'
        $expected = [powershell]::Create().AddScript('$args | % { "$(Get-Variable ($_ + "Preference") -ValueOnly)" }')
        $names.ForEach({ $null = $expected.AddArgument($_) })
        & {
            $ErrorActionPreference = $WarningPreference = $VerbosePreference = 'SilentlyContinue'
            1 | Invoke-ParallelOrchestration {
                foreach ($name in $using:names) { "$(Get-Variable ($name -eq 'Error' ? 'ErrorActionPreference' : "${name}Preference") -ValueOnly)" }
            }
        } | Should -Be 'Continue', 'Continue', 'SilentlyContinue', 'SilentlyContinue', 'SilentlyContinue', 'Continue'
        $expected.Dispose()
    }

    It 'is $WhatIfPreference of the caller, so that nothing is done' {
        $file = Join-Path $TestDrive 'kept'
        Set-Content $file 'text'
        & {
            $WhatIfPreference = $true
            $file | Invoke-ParallelOrchestration { Remove-Item $_; "$WhatIfPreference" }
        } | Should -Be 'True'
        $file | Should -Exist
        1 | Invoke-ParallelOrchestration { "$WhatIfPreference" } | Should -Be 'False'
    }

    It 'is $ConfirmPreference of the caller' {
        & { $ConfirmPreference = 'None'; 1 | Invoke-ParallelOrchestration { "$ConfirmPreference" } } | Should -Be 'None'
        & { $ConfirmPreference = 'Low'; 1 | Invoke-ParallelOrchestration { "$ConfirmPreference" } } | Should -Be 'Low'
        1 | Invoke-ParallelOrchestration { "$ConfirmPreference" } | Should -Be 'High'
    }

    It 'is the location of the caller: <_>' -ForEach @(
        'plain', 'with space', '[x]', "it's", 'a`b'
        if (-not $IsWindows) { 'a*b?' }
    ) {
        $folder = [IO.Directory]::CreateDirectory((Join-Path $TestDrive $_)).FullName
        Push-Location -LiteralPath $folder
        try {
            1..3 | Invoke-ParallelOrchestration -ThrottleLimit 1 { "$PWD"; Set-Location / } | Should -Be $folder, $folder, $folder
        } finally { Pop-Location }
    }

    It 'is the location of the caller on another drive' {
        Push-Location Env:
        try { 1 | Invoke-ParallelOrchestration { "$PWD" } | Should -Be 'Env:/'.Replace('/', [IO.Path]::DirectorySeparatorChar) } finally { Pop-Location }
    }

    It 'is some location if that of the caller is a drive that only the caller has' {
        $null = New-PSDrive OeOnly FileSystem $TestDrive
        Push-Location OeOnly:
        try { 1 | Invoke-ParallelOrchestration { $_ } 2>&1 | Should -Be 1 } finally { Pop-Location; Remove-PSDrive OeOnly }
    }

    It 'is the culture of the caller' {
        $culture, $uiCulture = [cultureinfo]::CurrentCulture, [cultureinfo]::CurrentUICulture
        try {
            [cultureinfo]::CurrentCulture = 'de-DE'
            [cultureinfo]::CurrentUICulture = 'fr-FR'
            1, 2 | Invoke-ParallelOrchestration -ThrottleLimit 1 {
                [cultureinfo]::CurrentCulture.Name; [cultureinfo]::CurrentUICulture.Name; (1.5).ToString(); (Get-Culture).Name
                [cultureinfo]::CurrentCulture = 'ja-JP'
            } | Should -Be 'de-DE', 'fr-FR', '1,5', 'de-DE', 'de-DE', 'fr-FR', '1,5', 'de-DE'
        } finally {
            [cultureinfo]::CurrentCulture, [cultureinfo]::CurrentUICulture = $culture, $uiCulture
        }
    }

    It 'is $PSScriptRoot and $PSCommandPath of the file that the block stands in' {
        $file = Join-Path $TestDrive 'root.ps1'
        Set-Content $file '1, 2 | Invoke-ParallelOrchestration -ThrottleLimit 1 { $PSScriptRoot; $PSCommandPath }'
        & $file | Should -Be "$TestDrive", $file, "$TestDrive", $file
    }

    It 'are the types and classes that the file of the block names' {
        $file = Join-Path $TestDrive 'types.ps1'
        Set-Content $file @(
            'using namespace System.Text'
            'class Point { [int] $X = 3; [int] Twice() { return 2 * $this.X } }'
            'enum Color { Red; Green }'
            '1, 2 | Invoke-ParallelOrchestration -ThrottleLimit 2 { [StringBuilder]::new().Append("text").ToString(); [Point]::new().Twice(); "$([Color]1)" }'
        )
        Invoke-WithLimit { param($File) & $File } $file | Sort-Object { "$_" } | Should -Be 6, 6, 'Green', 'Green', 'text', 'text'
    }
}

Describe 'A block with clauses' -Tag Semantics {
    It 'runs them all for each item: <Name>' -ForEach @(
        @{ Name = 'begin, process, end'; Block = { begin { "b$_" } process { 'p' } end { 'e' } }; Expected = 'b1', 'p', 'e', 'b2', 'p', 'e' }
        @{ Name = 'process'; Block = { process { 'p' } }; Expected = 'p', 'p' }
        @{ Name = 'end'; Block = { end { "e$_" } }; Expected = 'e1', 'e2' }
        @{ Name = 'clean'; Block = { end { "e$_" } clean { $null = 1 } }; Expected = 'e1', 'e2' }
        @{ Name = 'param'; Block = { param($A = 'default', [switch] $B) "$A $B $_" }; Expected = 'default False 1', 'default False 2' }
        @{ Name = 'CmdletBinding'; Block = { [CmdletBinding()] param() "$_ $($null -ne $PSCmdlet)" }; Expected = '1 True', '2 True' }
    ) {
        1, 2 | Invoke-ParallelOrchestration -ThrottleLimit 1 $Block | Should -Be $Expected
    }
}
