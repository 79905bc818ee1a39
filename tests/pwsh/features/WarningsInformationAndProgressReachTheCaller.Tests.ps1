# Feature: warnings, information and progress of items, also through a job.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'Warnings, information and progress' {
    It 'are in the streams of the call' {
        $session = Start-Session { 1 | Invoke-ParallelOrchestration { Write-Warning 'w'; Write-Information 'i'; Write-Host 'h'; Write-Progress 'p' } 3>&1 6>&1 }
        $output = Wait-Session $session
        $output | Get-StreamText | Should -Be 'warning w', 'information i', 'information h'
        $session.Shell.Streams.Progress.Activity | Should -Be 'p'
    }

    It 'are in those of a job: <Name>' -ForEach @(
        @{ Name = 'Invoke-ParallelOrchestration'; Call = { param($Block) 1 | Invoke-ParallelOrchestration -AsJob $Block } }
        @{ Name = 'ForEach-Object -Parallel'; Call = { param($Block) 1 | ForEach-Object -AsJob -Parallel $Block } }
    ) {
        Invoke-WithLimit -ArgumentList $Call.Ast {
            param($Call)
            Enable-ParallelForEachObject
            $job = & $Call.GetScriptBlock() { Write-Warning 'w'; Write-Information 'i'; Write-Progress 'p' }
            $null = Wait-Job $job -Timeout 30
            $child = $job.ChildJobs[0]
            "$($job.State)"; "$($child.Warning)"; "$($child.Information)"; $child.Progress.Activity
            Remove-Job $job
        } | Should -Be 'Completed', 'w', 'i', 'p'
    }
}
