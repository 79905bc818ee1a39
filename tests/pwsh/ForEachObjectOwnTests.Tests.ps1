# PowerShell's own tests of ForEach-Object -Parallel, run through the one of this module. They are not in this repository:
# OE_FEP_TESTS names the file (test/powershell/Modules/Microsoft.PowerShell.Core/… of PowerShell 7.6's public source).
# It is written for Pester 4, which is taken from a folder Pester4 beside it, or is found among the modules.
BeforeAll { . (Join-Path $PSScriptRoot 'TestSetup.ps1') }

Describe "PowerShell's own tests of ForEach-Object -Parallel" {
    It 'pass with -Strict, every one of them' {
        if (-not $env:OE_FEP_TESTS) { Set-ItResult -Skipped -Because 'OE_FEP_TESTS does not name the file' }
        Test-Path -LiteralPath $env:OE_FEP_TESTS | Should -BeTrue
        $folder = Split-Path $env:OE_FEP_TESTS
        $beside = Join-Path $folder 'Pester4/Pester.psd1'
        $pester = if (Test-Path -LiteralPath $beside) { $beside } else {
            (Get-Module Pester -ListAvailable | Where-Object { $_.Version.Major -eq 4 } | Select-Object -First 1).Path
        }
        $pester | Should -Not -BeNullOrEmpty -Because 'the file is written for Pester 4'
        $fresh = Invoke-Fresh -LimitSeconds 300 @"
Enable-ParallelForEachObject -Strict
Import-Module '$pester'
# All that the tests need of PowerShell's own test tools.
function global:Wait-UntilTrue([scriptblock] `$ScriptBlock, [int] `$TimeoutInMilliseconds, [int] `$IntervalInMilliseconds) {
    `$until = [datetime]::UtcNow.AddMilliseconds(`$TimeoutInMilliseconds)
    while (-not (& `$ScriptBlock)) {
        if ([datetime]::UtcNow -gt `$until) { return `$false }
        Start-Sleep -Milliseconds `$IntervalInMilliseconds
    }
    `$true
}
`$run = Invoke-Pester -Script '$env:OE_FEP_TESTS' -PassThru -Show None
`$run.TestResult | Where-Object Passed -EQ `$false | ForEach-Object { "failed: `$(`$_.Name): `$(`$_.FailureMessage)" }
"passed: `$(`$run.PassedCount) of `$(`$run.TotalCount), through `$((Get-Command ForEach-Object).Source)"
"@
        $fresh.Output | Should -Be 'passed: 61 of 61, through OrchestrationEngine.ForEachObject'
    }
}
