# Workflows beyond their call: in the background, stopped, of other processes, and after whatever ended them.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'BeforeAll and -ForEach hand variables to other blocks')]
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidOverwritingBuiltInCmdlets', '', Justification = 'The loop of an example waits for an event instead of for time')]
param()

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')
    . (Join-Path $PSScriptRoot 'WorkflowSetup.ps1')
    # The second step waits for the gate, the last one runs at the end in any case.
    $gated = @{
        name    = 'Gated'
        steps   = @(@{ name = 'one'; command = '1' }, @{ name = 'two'; command = '$null = (Get-Shared).Wait(60000); 2' }, @{ name = 'three'; command = '3' })
        finally = @(@{ name = 'clean'; command = '"cleaned"' })
    }
}

AfterAll { Remove-WorkflowFolder }

Describe 'A workflow in the background' {
    BeforeEach {
        $gate = [Threading.ManualResetEventSlim]::new()
        Set-Shared $gate
    }

    It 'changes while it runs, with -NoWait' {
        $workflow = Invoke-PlaybookWorkflow -NoWait -PlaybookDefinition $gated
        Wait-Until { $workflow.CurrentStep -eq 2 } | Should -BeTrue
        "$($workflow.Status) $($workflow.Success) $($workflow.Results)" | Should -Be 'Running False one: Succeeded'
        Get-PlaybookStatus -WorkflowId $workflow.WorkflowId | Should -Be $workflow
        (Get-PlaybookStatus).Active.WorkflowId | Should -Contain $workflow.WorkflowId
        $gate.Set()
        Wait-Until { $workflow.Status -ne 'Running' } | Should -BeTrue
        "$($workflow.Status) $($workflow.Success) $($workflow.Results -join ', ')" | Should -Be 'Completed True one: Succeeded, two: Succeeded, three: Succeeded, clean: Succeeded'
        (Get-PlaybookStatus).History.WorkflowId | Should -Contain $workflow.WorkflowId
    }

    It "runs the seeds' loop as it is written, with at least two distinct lines" {
        $deployment = Invoke-PlaybookWorkflow -NoWait -PlaybookDefinition $gated
        Wait-Until { $deployment.CurrentStep -eq 2 } | Should -BeTrue
        # In the place of Start-Sleep: between two looks, the gate opens.
        function Start-Sleep([int] $Seconds) { $gate.Set(); $null = $Seconds; $null = Wait-Until { $deployment.CurrentStep -gt 2 } }
        $lines = . ([scriptblock]::Create(@'
# Monitor progress
while ($deployment.Status -eq "Running") {
    $status = Get-PlaybookStatus -WorkflowId $deployment.WorkflowId
    Write-Host "Progress: $($status.CurrentStep)/$($status.TotalSteps)"
    Start-Sleep -Seconds 5
}
'@)) 6>&1 | ForEach-Object { "$_" }
        Wait-Until { $deployment.Status -ne 'Running' } | Should -BeTrue
        # The last look may come after the end; then the status itself is the second line.
        @(@($lines; "Progress: $($deployment.CurrentStep)/$($deployment.TotalSteps)") | Select-Object -Unique).Count | Should -BeGreaterOrEqual 2
        @($lines)[0] | Should -Be 'Progress: 2/4'
        $deployment.Status | Should -Be Completed
    }

    It 'is a job with -AsJob, which gives the result and what steps wrote' {
        $job = Invoke-PlaybookWorkflow -AsJob -PlaybookDefinition @{ name = 'p'; steps = @(@{ name = 'a'; command = 'Write-Warning w; 1' }) }
        $received = $job | Receive-Job -Wait 3>&1
        $received | Get-StreamText | Should -Be 'warning w', "output $($job.Workflow)"
        "$($job.State) $($job.Workflow.Status)" | Should -Be 'Completed Completed'
        $job | Remove-Job
    }

    It 'is stopped by <Name>, and its last steps run' -ForEach @(
        @{ Name = 'Stop-PlaybookWorkflow'; Start = 'NoWait'; Stop = { param($it) (Stop-PlaybookWorkflow $it.WorkflowId).Success | Should -BeTrue } }
        @{ Name = 'Stop-Job'; Start = 'AsJob'; Stop = { param($it) $it | Stop-Job } }
    ) {
        $how = @{ $Start = $true }
        $it = Invoke-PlaybookWorkflow @how -PlaybookDefinition $gated
        $workflow = if ($Start -eq 'AsJob') { $it.Workflow } else { $it }
        Wait-Until { $workflow.CurrentStep -eq 2 } | Should -BeTrue
        & $Stop $it
        Wait-Until { $workflow.Status -ne 'Running' } | Should -BeTrue
        "$($workflow.Status) $($workflow.Results -join ', ')" | Should -Be 'Stopped one: Succeeded, two: Stopped, three: Stopped, clean: Succeeded'
        if ($Start -eq 'AsJob') { $it | Remove-Job -Force }
    }

    It 'cannot be stopped if there is none' {
        $result = Stop-PlaybookWorkflow oe-no-such -ErrorAction SilentlyContinue -ErrorVariable problem
        "$($result.Success) $($result.Error)" | Should -Be "False There is no workflow 'oe-no-such'."
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'WorkflowNotFound,*'
        { Get-PlaybookStatus oe-no-such -ErrorAction Stop } | Should -Throw -ErrorId 'WorkflowNotFound,*'
    }

    It 'refuses an id that is in use' {
        $workflow = Invoke-PlaybookWorkflow -NoWait -WorkflowId used -PlaybookDefinition $gated
        { Invoke-PlaybookWorkflow -WorkflowId used -PlaybookDefinition $gated } | Should -Throw -ErrorId 'WorkflowRefused,*'
        $gate.Set()
        Wait-Until { $workflow.Status -ne 'Running' } | Should -BeTrue
    }
}

Describe 'A workflow that is waited for' {
    It 'ends cleanly when its pipeline is stopped, as by Ctrl+C' {
        Set-Shared ([Threading.ManualResetEventSlim]::new())
        $session = Start-Session -ArgumentList $folder, $gated {
            param($folder, $gated)
            function Get-Shared { , [AppDomain]::CurrentDomain.GetData('oe-workflow-test') }
            Set-Location $folder
            Invoke-PlaybookWorkflow -InformationAction Ignore -WorkflowId interrupted -PlaybookDefinition $gated
        }
        Wait-Until { (Get-PlaybookStatus interrupted -ErrorAction Ignore).CurrentStep -eq 2 } | Should -BeTrue
        Stop-Session $session | Should -Be Stopped
        $workflow = Get-PlaybookStatus interrupted
        "$($workflow.Status) $($workflow.Results -join ', ')" | Should -Be 'Stopped one: Succeeded, two: Stopped, three: Stopped, clean: Succeeded'
    }

    It 'goes on with what did not succeed' {
        $broken = @{ name = 'Mended'; steps = @(@{ name = 'a'; command = '"a ran"' }, @{ name = 'b'; command = 'Get-Item ./ready -ErrorAction Stop | ForEach-Object Name' }, @{ name = 'c'; command = '"c"' }) }
        $first = Invoke-PlaybookWorkflow -ErrorAction SilentlyContinue -PlaybookDefinition $broken
        $first.Results -join ', ' | Should -Be 'a: Succeeded, b: Failed, c: Skipped'
        $null = New-Item ./ready
        $again = Resume-PlaybookWorkflow -WorkflowId $first.WorkflowId
        $again.Results | ForEach-Object { "$_ $($_.Kept) [$($_.Output)]" } | Should -Be 'a: Succeeded True [a ran]', 'b: Succeeded False [ready]', 'c: Succeeded False [c]'
        "$($again.WorkflowId) $($again.Status)" | Should -Be "$($first.WorkflowId) Completed"
        (Get-PlaybookStatus -WorkflowId $first.WorkflowId).Status | Should -Be Completed
    }
}

Describe 'A step in a process' {
    It 'runs in the PowerShell of the caller, though none is on PATH' {
        $path = $env:PATH
        try {
            $env:PATH = $folder
            $run = Invoke-PlaybookWorkflow -PlaybookDefinition @{
                name = 'p'; steps = @(@{ name = 'a'; command = '"$PSHOME $env:PATH $PID"'; isolation = 'Process' })
            }
        } finally {
            $env:PATH = $path
        }
        # PowerShell puts its own folder in front when it starts.
        $run.Results[0].Output -join '' | Should -BeLike "$PSHOME *$folder *"
        $run.Results[0].Output -join '' | Should -Not -BeLike "* $PID"
    }
}

Describe 'A workflow of another process' {
    BeforeAll {
        $script = @"
Set-Location '$folder'
Invoke-PlaybookWorkflow -InformationAction Ignore -ErrorAction SilentlyContinue -WorkflowId '<id>' -PlaybookDefinition @{ name = 'Other'; steps = @(
    @{ name = 'one'; command = '"first"' }
    @{ name = 'two'; command = 'if (Test-Path ./open) { "second" } else { [Console]::Out.WriteLine("READY"); `$null = [Threading.ManualResetEventSlim]::new().Wait(60000) }' }) } |
    ForEach-Object { "`$(`$_.Status) `$(`$_.Results -join ', ')" }
"@
    }

    It 'is seen and stopped from here' {
        $fresh = Invoke-Fresh $script.Replace('<id>', 'other-flow') -WhenReady {
            $status = Get-PlaybookStatus -WorkflowId other-flow
            "$($status.Status) $($status.CurrentStep)/$($status.TotalSteps) $($status.Results -join ', ')" | Should -Be 'Running 2/2 one: Succeeded, two: Running'
            (Get-PlaybookStatus).Active.WorkflowId | Should -Contain other-flow
            (Stop-PlaybookWorkflow other-flow).Success | Should -BeTrue
        }
        $fresh.Output | Should -Be 'Stopped one: Succeeded, two: Stopped'
        (Get-PlaybookStatus other-flow).Status | Should -Be Stopped
        (Stop-PlaybookWorkflow other-flow).Error | Should -Be "The workflow 'other-flow' does not run: it is Stopped."
    }

    It 'goes on here after its process was killed' {
        $null = Invoke-Fresh $script.Replace('<id>', 'killed-flow') -WhenReady { param($process) $process.Kill() }
        $status = Get-PlaybookStatus killed-flow
        "$($status.Status) $($status.Reason) $($status.Results -join ', ')" | Should -Be 'Failed Interrupted one: Succeeded, two: Interrupted'
        $null = New-Item ./open
        $again = Invoke-PlaybookWorkflow -Resume killed-flow
        $again.Results | ForEach-Object { "$_ $($_.Kept) [$($_.Output)]" } | Should -Be 'one: Succeeded True [first]', 'two: Succeeded False [second]'
    }
}
