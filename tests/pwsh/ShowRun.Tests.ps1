# Show-OrchestrationRun: what happened when, as a chart and for other tools.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Pester reads them in other blocks.')]
param()

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')

    $before = $env:OE_STATE
    $env:OE_STATE = Join-Path (Get-Item TestDrive:/).FullName 'state'
    $hostile = "</text><script>alert(1)</script>`e[31m`r`nsection x:y;z"
    $null = Invoke-ParallelOrchestration -ErrorAction SilentlyContinue -SummaryVariable run -RunName drawn -Tasks @(
        @{ Name = 'build'; ScriptBlock = { Start-Sleep -Milliseconds 60 } }
        @{ Name = 'broken'; ScriptBlock = { throw 'no disk' }; DependsOn = 'build' }
        @{ Name = 'after'; ScriptBlock = { 1 }; DependsOn = 'broken' }
        @{ Name = $hostile; ScriptBlock = { 1 } }
    )

    # Without times and bars, which are those of the machine.
    function Get-Row([string[]] $Lines) {
        $Lines | ForEach-Object { ($_ -replace '\d[\d.]* (ms|s)', '#' -replace '[│|].*[│|]$', '|' -replace ' +', ' ').Trim() }
    }
}

AfterAll { $env:OE_STATE = $before }

Describe 'Show-OrchestrationRun' {
    It 'draws a row for each task, of a summary and of a run that is kept' {
        foreach ($shown in $run, 'drawn', $run.RunId) {
            $rows = Get-Row ($shown | Show-OrchestrationRun)
            $rows[0] | Should -BeLike 'drawn-* Failed *#'
            $rows | Where-Object { $_ -like '* build # |' } | Should -HaveCount 1
            $rows | Where-Object { $_ -like '* broken # |' } | Should -HaveCount 1
            $rows | Where-Object { $_ -like '* after Skipped |' } | Should -HaveCount 1
            $rows | Where-Object { $_ -like '* critical path' } | Should -HaveCount 1
            $rows | Where-Object { $_ -eq 'broken: no disk' } | Should -HaveCount 1
        }
    }

    It 'draws nothing that acts, whatever tasks are called' {
        foreach ($shown in $run, 'drawn') {
            $text = $shown | Show-OrchestrationRun | Out-String -Width 500
            $text | Should -Not -Match '\e'
            foreach ($form in 'Svg', 'Html') {
                $drawn = $shown | Show-OrchestrationRun -As $form
                $drawn | Should -Not -Match '<script'
                $drawn | Should -Match '&lt;script&gt;'
            }
            { [xml] ($shown | Show-OrchestrationRun -As Svg) } | Should -Not -Throw
            @(($shown | Show-OrchestrationRun -As Mermaid).TrimEnd() -split "`n").Count | Should -Be 9
            $trace = $shown | Show-OrchestrationRun -As Trace | ConvertFrom-Json
            @($trace.traceEvents | Where-Object ph -EQ X).name | Sort-Object | Should -Be (@('broken', 'build', $hostile) | Sort-Object)
        }
    }

    It 'writes a file of the form that its extension says' -ForEach @(
        @{ File = 'run.svg'; Start = '<svg *' }
        @{ File = 'run.html'; Start = '<!DOCTYPE html>*' }
        @{ File = 'run.mmd'; Start = 'gantt*' }
        @{ File = 'run.json'; Start = '{*traceEvents*' }
        @{ File = 'run.txt'; Start = 'drawn-*' }
    ) {
        $run | Show-OrchestrationRun -Path "TestDrive:/$File" | Should -BeNullOrEmpty
        Get-Content -Raw "TestDrive:/$File" | Should -BeLike $Start
    }

    It 'writes no file with -WhatIf, and says which cannot be written' {
        $run | Show-OrchestrationRun -Path TestDrive:/not.svg -WhatIf
        'TestDrive:/not.svg' | Should -Not -Exist
        { $run | Show-OrchestrationRun -Path TestDrive:/no/such/run.svg } | Should -Throw -ErrorId '*,OrchestrationEngine.PowerShell.Cmdlets.ShowOrchestrationRunCommand'
    }

    It 'draws a job of tasks that has ended' {
        $job = Invoke-ParallelOrchestration -AsJob -Tasks @{ Name = 'alone'; ScriptBlock = { 1 } }
        $null = Wait-Job $job -Timeout 60
        Get-Row ($job | Show-OrchestrationRun) | Where-Object { $_ -like '* alone # |' } | Should -HaveCount 1
        Remove-Job $job
    }

    It 'draws the last attempt of a task, and nothing of one that had succeeded before' {
        $tries = [Collections.Concurrent.ConcurrentQueue[int]]::new()
        $tasks = @{ Name = 'kept'; ScriptBlock = { 1 } }, @{ Name = 'tried'; RetryCount = 1; ScriptBlock = { ($using:tries).Enqueue(1); if (($using:tries).Count -lt 4) { throw 'not yet' } } }
        $null = Invoke-ParallelOrchestration -ErrorAction SilentlyContinue -RunName again -Tasks $tasks
        $null = Invoke-ParallelOrchestration -Resume again -Tasks $tasks -SummaryVariable second
        $trace = ($second | Show-OrchestrationRun -As Trace | ConvertFrom-Json).traceEvents | Where-Object ph -EQ X
        "$($trace.name) $($trace.args.state) $($trace.args.attempts)" | Should -Be 'tried Succeeded 2'
    }

    It 'says of <Name> what is wrong' -ForEach @(
        @{ Name = 'a run that is not there'; Given = 'no-such-run'; Id = 'RunNotFound' }
        @{ Name = 'something else'; Given = 7; Id = 'NotARun' }
    ) {
        $null = $Given | Show-OrchestrationRun -ErrorAction SilentlyContinue -ErrorVariable wrong
        $wrong.FullyQualifiedErrorId | Should -BeLike "$Id,*"
        $wrong.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }
}
