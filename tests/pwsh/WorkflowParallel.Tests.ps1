# Many steps and workflows at once, and scripts that are listed several times.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'BeforeAll and -ForEach hand variables to other blocks')]
param()

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')
    . (Join-Path $PSScriptRoot 'WorkflowSetup.ps1')
}

AfterAll { Remove-WorkflowFolder }

Describe 'A playbook of many' {
    It 'runs the nine test ranges, three at a time and never more' {
        Set-Content ./run-unit-tests.ps1 @'
param($Range)
$shared = [AppDomain]::CurrentDomain.GetData('oe-workflow-test')
$now = [Threading.Interlocked]::Increment($shared.Running)
if ($now -gt 3) { throw 'too many' }
if (-not $shared.Barrier.SignalAndWait(30000)) { throw 'alone' }
$null = [Threading.Interlocked]::Decrement($shared.Running)
"ran $Range"
'@
        Set-Shared ([pscustomobject]@{ Barrier = [Threading.Barrier]::new(3); Running = [ref] 0 })
        $ranges = '0000-0099', '0100-0199', '0200-0299', '0300-0399', '0400-0499', '0500-0599', '0700-0799', '0800-0899', '0900-0999'
        $result = Invoke-Guarded @{
            Name     = 'parallel-test-suite'
            Sequence = @($ranges | ForEach-Object { @{ Script = 'run-unit-tests'; Parameters = @{ Range = $_ }; Parallel = $true; Timeout = 300 } })
            Options  = @{ Parallel = $true; MaxConcurrency = 3; StopOnError = $false }
        }
        $result.Results.Output | Should -Be ($ranges | ForEach-Object { "ran $_" })
    }

    It 'runs a script as often as it is listed, each time with its own parameters, in the order written' {
        Set-Content ./0503_Say.ps1 'param($Text) $Text'
        Set-Content ./0501_Other.ps1 '"other"'
        $result = Invoke-Guarded @{ Name = 'p'; Sequence = @(@{ Script = '0503'; Parameters = @{ Text = 'one' } }, @{ Script = '0501' }, @{ Script = '0503'; Parameters = @{ Text = 'two' } })
        }
        $result.Results.Output | Should -Be 'one', 'other', 'two'
    }

    It 'is one of 200 that run at the same time' {
        $workflows = 1..200 | ForEach-Object { Invoke-PlaybookWorkflow -NoWait -NoState -PlaybookDefinition @{ name = "p$_"; steps = @(@{ name = 'one'; command = "$_" }) } }
        Wait-Until -LimitSeconds 120 { $workflows.Status -notcontains 'Running' } | Should -BeTrue
        ($workflows.Results.Output | Measure-Object -Sum).Sum | Should -Be 20100
        $workflows.WorkflowId | Sort-Object -Unique | Should -HaveCount 200
    }
}
