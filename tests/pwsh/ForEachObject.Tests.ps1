# Enable-ParallelForEachObject: a script as it is, with its ForEach-Object -Parallel on the engine.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'BeforeAll and -ForEach hand variables to other blocks')]
param()

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')

    # What a script puts out with PowerShell's own ForEach-Object, and with the one of this module.
    function Get-BothOutput([string] $Text, [switch] $Strict) {
        $run = {
            param($Text, $Mode)
            if ($Mode) { Enable-ParallelForEachObject -Strict:($Mode -eq 'Strict') }
            try { $found = & ([scriptblock]::Create($Text)) *>&1 } catch { $found = @("thrown: $($_.FullyQualifiedErrorId)") }
            foreach ($one in $found) {
                if ($one -is [System.Management.Automation.ErrorRecord]) {
                    "error $one | $($one.FullyQualifiedErrorId) | $($one.CategoryInfo.Category) | $($one.InvocationInfo.PositionMessage)"
                } else { "$one" }
            }
        }
        , @(Invoke-WithLimit $run $Text, '')
        , @(Invoke-WithLimit $run $Text, $(if ($Strict) { 'Strict' } else { 'Improved' }))
    }
}

AfterAll { Clear-OrchestrationPool }

Describe 'ForEach-Object without -Parallel, as it was: <_>' -ForEach @(
    '$s = 0; 1..3 | ForEach-Object { $s += $_ }; $s'
    '1..3 | ForEach-Object -Begin { "b" } -Process { $_ } -End { "e" }'
    '1..3 | % { "b" } { $_ } { "e" }'
    '1..2 | ForEach-Object { "b" } { $_ } { "$_!" } { "e" }'
    '"abc", "d" | foreach Length'
    '"abc", "d" | ForEach-Object -MemberName Replace -ArgumentList a, x'
    '"abc" | ForEach-Object ToUpper'
    '"abc" | ForEach-Object NoSuchMember; $null | ForEach-Object Length'
    'Set-StrictMode -Version Latest; "abc" | ForEach-Object NoSuchMember; "after"'
    '"abc" | ForEach-Object Substring 9; $?'
    '"abc" | ForEach-Object *in*'
    '1 | ForEach-Object { $_ } -WhatIf'
    '"abc" | ForEach-Object ToUpper -WhatIf'
    'foreach ($i in 1..3) { 1..3 | ForEach-Object { if ($_ -eq 2) { break }; "$i$_" } }; "after"'
    'foreach ($i in 1..2) { 1..3 | ForEach-Object { if ($_ -eq 2) { continue }; "$i$_" } }; "after"'
    '1..3 | ForEach-Object { if ($_ -eq 2) { return }; $_ }'
    '1..3 | ForEach-Object { throw "no $_" }; "after"'
    'try { 1..3 | ForEach-Object { if ($_ -eq 2) { throw "no $_" }; $_ } } catch { "caught $_" }'
    '1..3 | ForEach-Object { Write-Error "e$_" }; $?'
    '1..2 | ForEach-Object { Write-Error "e$_"; $_ } -ErrorAction SilentlyContinue -ErrorVariable found; "$found"'
    '1..2 | ForEach-Object { Write-Warning "w$_"; Write-Verbose v; Write-Host h } -WarningVariable w; "$w"'
    '1..3 | ForEach-Object { $_ } -OutVariable o | Select-Object -First 2; "$o"'
    '1..3 | ForEach-Object { $_ * 2 } -PipelineVariable p | ForEach-Object { "$p $_" }'
    '& { for ($i = 1; ; $i++) { $i } } | ForEach-Object { $_ * 2 } | Select-Object -First 3'
    'ForEach-Object -InputObject (1, 2) -Process { "$_" }; ForEach-Object { "none: $_" }'
    '1 | ForEach-Object -Process { $PSItem; $input; "$args"; $MyInvocation.MyCommand.Name }'
    '1 | ForEach-Object -Process $null; 1 | ForEach-Object -Process { $_ }, { $_ + 1 }'
    '1 | ForEach-Object; "after"'
    '1 | ForEach-Object -Process { 1 } -MemberName Length; "after"'
    '1..2 | ForEach-Object { trap { "trapped $_"; continue }; throw "t" }'
    '1 | ForEach-Object { 1 / 0 }; "after"'
    '$ErrorActionPreference = "Stop"; 1..2 | ForEach-Object { Write-Error e }; "after"'
    '1..2 | ForEach-Object { 1..2 | % { $_ } }'
    '1, $null, 3 | ForEach-Object { "<$_>" }'
    ', (1, 2) | ForEach-Object { $_.Count }'
) {
    It 'has the same output, errors and positions' {
        $theirs, $ours = Get-BothOutput $_
        $ours | Should -Be $theirs
    }
}

Describe 'ForEach-Object -Parallel with -Strict, as it was: <_>' -ForEach @(
    '1 | ForEach-Object -Parallel { $_ } -Process { 1 }'
    '1 | ForEach-Object -Parallel { $_ } -ThrottleLimit 0'
    '1 | ForEach-Object -Parallel { $_ } -TimeoutSeconds -1'
    '1 | ForEach-Object -Parallel $null'
    '1 | ForEach-Object -Parallel { $_ } -AsJob -TimeoutSeconds 1'
    '1..2 | ForEach-Object -Parallel { 1 } -NoSuchParameter'
) {
    It 'has the same output and errors' {
        $theirs, $ours = Get-BothOutput $_ -Strict
        $ours | Should -Be $theirs
    }
}

Describe 'ForEach-Object -Parallel with -Strict refuses -<_>' -ForEach 'ErrorAction', 'WarningAction', 'InformationAction', 'ProgressAction', 'PipelineVariable' {
    It 'with the id that it always had' {
        $theirs, $ours = Get-BothOutput "1 | ForEach-Object -Parallel { `$_ } -$_ Continue" -Strict
        $ours | Should -Be 'thrown: ParallelCommonParametersNotSupported,Microsoft.PowerShell.Commands.ForEachObjectCommand'
        $theirs | Should -Be $ours
    }
}

Describe 'ForEach-Object -Parallel on the engine' {
    It 'runs the items, as %, foreach and ForEach-Object' {
        Invoke-WithLimit {
            Enable-ParallelForEachObject
            1..3 | ForEach-Object -Parallel { $_ } | Sort-Object
            4..5 | % -Parallel { $_ } | Sort-Object
            6..7 | foreach -Parallel { $_ } | Sort-Object
            1 | ForEach-Object -Parallel { $Host.Name }
        } | Should -Be 1, 2, 3, 4, 5, 6, 7, 'OrchestrationEngine'
    }

    It 'keeps the ids of errors that end an item, and the others go on' {
        Invoke-WithLimit {
            Enable-ParallelForEachObject
            1..2 | ForEach-Object -Parallel { if ($_ -eq 1) { Get-Item nowhere -ErrorAction Stop }; 'after' } 2>&1 |
                ForEach-Object { if ($_ -is [string]) { $_ } else { $_.FullyQualifiedErrorId } } | Sort-Object
        } | Should -Be 'after', 'PathNotFound,Microsoft.PowerShell.Commands.GetItemCommand'
    }

    It 'gives them the id PSTaskException with -Strict, and the own record inside' {
        Invoke-WithLimit {
            Enable-ParallelForEachObject -Strict
            1 | ForEach-Object -Parallel { throw 'no' } 2>&1 | ForEach-Object { "$_"; $_.FullyQualifiedErrorId; $_.Exception.ErrorRecord.FullyQualifiedErrorId }
        } | Should -Be 'no', 'PSTaskException', 'no'
    }

    It 'accepts common parameters with their usual meaning' {
        Invoke-WithLimit {
            Enable-ParallelForEachObject
            1 | ForEach-Object -Parallel { Write-Error e; Write-Warning w; 'out' } -ErrorAction SilentlyContinue -ErrorVariable e -WarningAction SilentlyContinue -WarningVariable w
            "$e $w"
            1..2 | ForEach-Object -Parallel { $_ } -PipelineVariable p -ThrottleLimit 1 | ForEach-Object { "$p$_" }
            try { 1 | ForEach-Object -Parallel { Write-Error stop } -ErrorAction Stop } catch { "caught $_" }
        } | Should -Be 'out', 'e w', '11', '22', 'caught stop'
    }

    It 'lets -Verbose and -Debug reach the items, and not with -Strict' {
        Invoke-WithLimit {
            Enable-ParallelForEachObject
            $block = { Write-Verbose v; Write-Debug d }
            1 | ForEach-Object -Parallel $block -Verbose -Debug *>&1
            1 | Invoke-ParallelOrchestration $block -Verbose *>&1
            1 | ForEach-Object -Parallel $block *>&1
            & { $VerbosePreference = 'Continue'; 1 | ForEach-Object -Parallel $block *>&1; 1 | ForEach-Object -Parallel $block -Verbose:$false *>&1 }
            Enable-ParallelForEachObject -Strict
            1 | ForEach-Object -Parallel $block -Verbose *>&1
        } | ForEach-Object { "$_" } | Should -Be 'v', 'd', 'v', 'v'
    }

    It 'keeps the output at the time limit, and says what was not done' {
        Invoke-WithLimit {
            Enable-ParallelForEachObject
            $r = 1..4 | ForEach-Object -Parallel { "out $_"; Start-Sleep -Seconds 60 } -ThrottleLimit 1 -TimeoutSeconds 1 -ErrorVariable e 2> $null
            $r
            $e | ForEach-Object { $_.FullyQualifiedErrorId }
            "$($e[-1])" -replace '^.*?: '
        } | Should -Be @(
            'out 1'
            'ItemTimedOut,Microsoft.PowerShell.Commands.ForEachObjectCommand'
            'CallTimedOut,Microsoft.PowerShell.Commands.ForEachObjectCommand'
            '1 timed out, 3 stopped or not started. Input that was not yet read is not counted.')
    }

    It 'refuses script blocks and undefined variables with the ids that it always had' {
        Invoke-WithLimit {
            Enable-ParallelForEachObject
            $block = { 1 }
            try { 1 | ForEach-Object -Parallel { $using:block } } catch { $_.FullyQualifiedErrorId }
            try { 1 | ForEach-Object -Parallel { $using:nothing } } catch { $_.FullyQualifiedErrorId }
            $block, 2 | ForEach-Object -Parallel { $_ } 2>&1 | ForEach-Object { "$($_.FullyQualifiedErrorId)$($_ -eq 2)" } | Sort-Object
        } | Should -Be @(
            'ParallelUsingVariableCannotBeScriptBlock,Microsoft.PowerShell.Commands.ForEachObjectCommand'
            'UsingVariableIsUndefined,Microsoft.PowerShell.Commands.ForEachObjectCommand'
            'ParallelPipedInputObjectCannotBeScriptBlock,Microsoft.PowerShell.Commands.ForEachObjectCommandFalse'
            'True')
    }

    It 'gives each item a new runspace with -UseNewRunspace' {
        Invoke-WithLimit {
            Enable-ParallelForEachObject
            $ids = 1..6 | ForEach-Object -Parallel { [runspace]::DefaultRunspace.InstanceId } -UseNewRunspace -ThrottleLimit 2
            @($ids | Sort-Object -Unique).Count
        } | Should -Be 6
    }
}

Describe 'ForEach-Object -Parallel in items' {
    It 'is on the engine too, with the same -Strict: <_>' -ForEach $false, $true {
        Invoke-WithLimit -ArgumentList $_ {
            param($Strict)
            Enable-ParallelForEachObject -Strict:$Strict
            1 | ForEach-Object -Parallel { 1 | ForEach-Object -Parallel { $Host.Name; throw 'x' } } 2>&1 |
                ForEach-Object { if ($_ -is [string]) { $_ } else { $_.FullyQualifiedErrorId } }
        } | Should -Be 'OrchestrationEngine', $(if ($_) { 'PSTaskException' } else { 'x' })
    }

    It 'is on the engine in items of Invoke-ParallelOrchestration too: <_>' -ForEach @(
        '1 | Invoke-ParallelOrchestration { $o = "outer"; 1 | ForEach-Object -Parallel { "$using:o $($Host.Name)" } }'
        '1 | Invoke-ParallelOrchestration { 1 | % -Parallel { $Host.Name } }'
        'Invoke-ParallelOrchestration -InputScript { 1 | foreach -Parallel { $Host.Name } } { $_ }'
        'function OeInner { 1 | ForEach-Object -Parallel { $Host.Name } }; 1 | Invoke-ParallelOrchestration -ImportAll { OeInner }'
        '1 | Invoke-ParallelOrchestration -AsJob { 1 | ForEach-Object -Parallel { $Host.Name } } | Receive-Job -Wait -AutoRemoveJob'
    ) {
        Invoke-WithLimit -ArgumentList $_ {
            param($Text)
            $block = [scriptblock]::Create($Text)
            Enable-ParallelForEachObject
            & $block
            Disable-ParallelForEachObject
            & $block
        } | ForEach-Object { $_ -replace '^outer ' } | Should -Be 'OrchestrationEngine', 'Default Host'
    }

    It 'is what an own session state says it is' {
        Invoke-WithLimit {
            Enable-ParallelForEachObject
            1 | Invoke-ParallelOrchestration -InitialSessionState ([initialsessionstate]::CreateDefault2()) { 1 | ForEach-Object -Parallel { $Host.Name } }
        } | Should -Be 'Default Host'
    }

    It 'reads $using: in the item, and that of Invoke-ParallelOrchestration as well' {
        Invoke-WithLimit {
            Enable-ParallelForEachObject
            $a = 'outer'
            1 | ForEach-Object -Parallel { $using:a; $a = 'inner'; 1 | Invoke-ParallelOrchestration { $using:a } }
            1 | Invoke-ParallelOrchestration { $using:a; $a = 'inner'; 1 | ForEach-Object -Parallel { $using:a } }
        } | Should -Be 'outer', 'inner', 'outer', 'inner'
    }
}

Describe 'Enable-ParallelForEachObject and Disable-ParallelForEachObject' {
    BeforeAll { $ours, $theirs = 'OrchestrationEngine.ForEachObject', 'Microsoft.PowerShell.Core' }

    It 'can be called again, and each to no effect' {
        Invoke-WithLimit {
            Disable-ParallelForEachObject
            Enable-ParallelForEachObject; Enable-ParallelForEachObject
            (Get-Command ForEach-Object).Source; @(Get-Module OrchestrationEngine.ForEachObject).Count
            Disable-ParallelForEachObject; Disable-ParallelForEachObject
            (Get-Command ForEach-Object).Source; 1 | ForEach-Object -Parallel { $Host.Name }
        } | Should -Be $ours, 1, $theirs, 'Default Host'
    }

    It 'hold for one runspace' {
        Invoke-WithLimit { Enable-ParallelForEachObject; (Get-Command ForEach-Object).Source } | Should -Be $ours
        Invoke-WithLimit { (Get-Command ForEach-Object).Source } | Should -Be $theirs
    }

    It 'can be called in a module, for all of the session' {
        Invoke-WithLimit {
            $module = New-Module -Name Caller { function Switch-On { Enable-ParallelForEachObject }; function Switch-Off { Disable-ParallelForEachObject } }
            Import-Module $module
            Switch-On; (Get-Command ForEach-Object).Source
            Switch-Off; (Get-Command ForEach-Object).Source; & $module { (Get-Command ForEach-Object).Source }
        } | Should -Be $ours, $theirs, $theirs
    }

    It 'change -Strict' {
        Invoke-WithLimit {
            Enable-ParallelForEachObject -Strict; Enable-ParallelForEachObject
            1 | ForEach-Object -Parallel { 'ran' } -ErrorAction Stop
        } | Should -Be 'ran'
    }

    It 'end with the module' {
        $fresh = Invoke-Fresh {
            Enable-ParallelForEachObject
            Remove-Module OrchestrationEngine
            (Get-Command ForEach-Object).Source; @(Get-Module OrchestrationEngine*).Count; 1..2 | ForEach-Object { $_ }
        }
        $fresh.Output | Should -Be $theirs, 0, 1, 2
    }

    It 'leave the names of types as they are' {
        Invoke-WithLimit {
            Enable-ParallelForEachObject
            [Microsoft.PowerShell.Commands.ForEachObjectCommand].Assembly.GetName().Name
        } | Should -Be 'System.Management.Automation'
    }
}
