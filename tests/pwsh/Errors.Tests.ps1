# An error of an item arrives as it was written: id, category, target, position, and which item it came from.
BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')
}

Describe 'An error of an item' -Tag Semantics {
    It 'has the id, category, target and text that it has without the module: <Name>' -ForEach @(
        @{ Name = 'throw a text'; Block = { throw 'boom' } }
        @{ Name = 'throw an exception'; Block = { throw [ArgumentException]::new('bad', 'name') } }
        @{ Name = 'throw an object'; Block = { throw @{ a = 1 } } }
        @{ Name = 'throw nothing'; Block = { throw } }
        @{ Name = 'throw an error record'; Block = { throw [System.Management.Automation.ErrorRecord]::new([Exception]::new('m'), 'MyId', 'ResourceBusy', 'target') } }
        @{ Name = 'rethrow'; Block = { try { Get-Item /none/such -ErrorAction Stop } catch { throw } } }
        @{ Name = 'a cmdlet'; Block = { Get-Item /none/such } }
        @{ Name = 'a cmdlet that ends the item'; Block = { Get-Item /none/such -ErrorAction Stop } }
        @{ Name = 'an unknown command'; Block = { No-SuchCommand } }
        @{ Name = 'an unknown parameter'; Block = { Get-Item -NoSuchParameter } }
        @{ Name = 'a division by zero'; Block = { 1 / 0 } }
        @{ Name = 'a method'; Block = { 'abc'.Substring(5) } }
        @{ Name = 'a method of $null'; Block = { $null.Method() } }
        @{ Name = 'a cast'; Block = { [int] 'x' } }
        @{ Name = 'strict mode'; Block = { Set-StrictMode -Version Latest; $noSuchVariable } }
        @{ Name = 'a parse error'; Block = { [scriptblock]::Create('if (') } }
        @{ Name = 'an advanced function'; Block = { function Test-It { [CmdletBinding()]param() Write-Error 'm' -ErrorId MyId -Category ResourceBusy -TargetObject t }; Test-It } }
        @{ Name = 'ThrowTerminatingError'; Block = { function Test-It { [CmdletBinding()]param() $PSCmdlet.ThrowTerminatingError([System.Management.Automation.ErrorRecord]::new([Exception]::new('m'), 'MyId', 'ResourceBusy', 't')) }; Test-It } }
        @{ Name = 'a validation'; Block = { function Test-It { param([ValidateRange(1, 2)] $A) }; Test-It 3 } }
    ) {
        $describe = { "$($_.FullyQualifiedErrorId) | $($_.CategoryInfo.Category) $($_.CategoryInfo.Activity) | $($_.TargetObject) | $($_.Exception.GetType().Name) $($_.Exception.Message)" }
        $expected = try { & ([scriptblock]::Create("$Block")) 2>&1 } catch { $_ }
        $found = 1 | Invoke-ParallelOrchestration $Block 2>&1
        @($found).Count | Should -Be 1
        $found | ForEach-Object $describe | Should -Be ($expected | ForEach-Object $describe)
    }

    It 'keeps what Write-Error says' {
        $found = 'x' | Invoke-ParallelOrchestration {
            Write-Error 'text' -ErrorId MyId -Category ResourceBusy -TargetObject $_ -RecommendedAction 'do that' -CategoryActivity act
        } 2>&1
        $found.FullyQualifiedErrorId | Should -Be 'MyId'
        $found.CategoryInfo.Category | Should -Be 'ResourceBusy'
        $found.CategoryInfo.Activity | Should -Be 'act'
        $found.TargetObject | Should -Be 'x'
        $found.ErrorDetails.RecommendedAction | Should -Be 'do that'
    }

    It 'says which item it came from in ItemIndex' {
        $found = 'a', 'b', 'c' | Invoke-ParallelOrchestration -Ordered { if ($_ -ne 'b') { Write-Error $_; throw "$_$_" } } 2>&1
        $found.ForEach({ "$($_.ItemIndex) $_" }) | Should -Be '0 a', '0 aa', '2 c', '2 cc'
    }

    It 'gives the same exception object' {
        $exception = [InvalidOperationException]::new('mine')
        $found = 1 | Invoke-ParallelOrchestration { throw $using:exception } 2>&1
        [object]::ReferenceEquals($found.Exception, $exception) | Should -BeTrue
    }

    It 'names file and line of the block, and where it was called from' {
        $file = Join-Path $TestDrive 'position.ps1'
        Set-Content $file @(
            'param($Way)'
            '$block = {'
            '    if ($_ -eq "throw") { throw "boom" }'
            '    if ($_ -eq "write") { Write-Error "text" }'
            '    if ($_ -eq "command") { Get-Item /none/such }'
            '    if ($_ -eq "math") { 1 / 0 }'
            '}'
            '$Way | Invoke-ParallelOrchestration $block'
        )
        $found = foreach ($way in 'throw', 'write', 'command', 'math') { & $file $way 2>&1 }
        $found.ForEach({ ($_.ScriptStackTrace -split "`n")[0] }) | Should -Be (3, 4, 5, 6).ForEach({ "at <ScriptBlock>, $($file): line $_" })
        # Write-Error names the call of the script that wrote it, here as anywhere.
        $found[0, 2, 3].ForEach({ "$($_.InvocationInfo.ScriptName):$($_.InvocationInfo.ScriptLineNumber)" }) |
            Should -Be "$($file):3", "$($file):5", "$($file):6"
        "$($found[0] | Out-String)" | Should -BeLike '*position.ps1:3*'
    }

    It 'is in $Error of the item, which starts empty' {
        1..3 | Invoke-ParallelOrchestration -ThrottleLimit 1 {
            $Error.Count; Write-Error "e$_" -ErrorAction SilentlyContinue; try { throw "t$_" } catch { $null = $_ }; $Error.ForEach({ "$_" })
        } | Should -Be 0, 't1', 'e1', 0, 't2', 'e2', 0, 't3', 'e3'
    }

    It 'does not end the call, nor what comes after it' {
        $found = 1..10 | Invoke-ParallelOrchestration -ThrottleLimit 2 -Ordered { "o$_"; throw "t$_" } 2>&1
        $found.ForEach({ "$_" }) | Should -Be (1..10).ForEach({ "o$_", "t$_" })
        'here' | Should -Be 'here'
    }

    It 'does not reach a try around the call, unless errors stop there' {
        try { $found = 1 | Invoke-ParallelOrchestration { throw 'boom' } 2>&1 } catch { $found = 'caught' }
        "$found" | Should -Be 'boom'
    }

    It 'is one record, not one for the item and one for the call' {
        $Error.Clear()
        1 | Invoke-ParallelOrchestration { throw 'boom' } -ErrorVariable seen 2>$null
        $seen.Count | Should -Be 1
        $Error.Count | Should -Be 1
    }

    It 'makes the process exit with <Code> when <Name>' -ForEach @(
        @{ Name = 'it is the last statement of -Command'; Script = '1 | Invoke-ParallelOrchestration { throw 1 }'; Code = 1 }
        @{ Name = 'nothing failed'; Script = '1 | Invoke-ParallelOrchestration { $_ }'; Code = 0 }
    ) -Tag Process {
        & (Get-Process -Id $PID).Path -NoProfile -NonInteractive -Command "Import-Module '$(Get-ModuleManifestPath)'; $Script" *>$null
        $LASTEXITCODE | Should -Be $Code
        $global:LASTEXITCODE = 0
    }
}

Describe 'An item that asks a question' -Tag Semantics {
    It 'fails with what to do instead: <Name>' -ForEach @(
        @{ Name = 'Read-Host'; Block = { Read-Host 'name' } }
        @{ Name = 'Read-Host -AsSecureString'; Block = { Read-Host 'name' -AsSecureString } }
        @{ Name = 'a choice'; Block = { $Host.UI.PromptForChoice('c', 'm', @([System.Management.Automation.Host.ChoiceDescription] '&Yes'), 0) } }
        @{ Name = 'a credential'; Block = { Get-Credential user } }
        @{ Name = '-Confirm'; Block = { New-Item (Join-Path ([IO.Path]::GetTempPath()) 'oe-none') -Confirm } }
        @{ Name = '-WarningAction Inquire'; Block = { Write-Warning 'w' -WarningAction Inquire } }
        @{ Name = 'a nested prompt'; Block = { $Host.EnterNestedPrompt() } }
    ) {
        $found = @(Invoke-WithLimit { param($Block) 1 | Invoke-ParallelOrchestration $Block.GetScriptBlock() *>&1 } $Block.Ast)
        "$($found[-1])" | Should -BeLike '*cannot ask questions*$using:*'
    }
}

Describe 'An item that lacks a mandatory parameter' -Tag Semantics {
    It 'fails instead of asking for it' {
        $found = Invoke-WithLimit {
            1 | Invoke-ParallelOrchestration { function Test-It { param([Parameter(Mandatory)] $A) }; Test-It } 2>&1
        }
        $found.FullyQualifiedErrorId | Should -Be 'MissingMandatoryParameter,Test-It'
    }
}

Describe 'The screen that an item sees' -Tag Semantics {
    It 'formats as a session without a screen does' {
        1 | Invoke-ParallelOrchestration { [pscustomobject]@{ A = 1; B = 'x' } | Format-Table | Out-String } |
            Should -Be ([pscustomobject]@{ A = 1; B = 'x' } | Format-Table | Out-String)
    }

    It 'takes what is written to it: <_>' -ForEach 'Out-Host', 'Out-Default' {
        1 | Invoke-ParallelOrchestration ([scriptblock]::Create("'text' | $_; 'after'")) 6>&1 |
            Get-StreamText | Sort-Object | Should -Be 'information text', 'output after'
    }

    It 'shows each line once, whatever writes it' {
        $records = 1 | Invoke-ParallelOrchestration {
            Write-Host 'a' -ForegroundColor Green
            'a' | Out-Host
            Write-Information 'b' -InformationAction Continue
            $Host.UI.Write('Red', 'Black', 'b')
            Write-Warning 'c'
        } 6>&1 3>&1
        $records | Get-StreamText | Should -Be 'information a', 'information a', 'information b', 'information b', 'warning c'
        # PowerShell itself takes colours away where it is to write plain text.
        $colour = if ($PSStyle.OutputRendering -ne 'PlainText') { 'Red' }
        $records[3].MessageData.ForegroundColor, $records[3].MessageData.NoNewLine | Should -Be $colour, $true
    }
}
