# The child jobs can be debugged, by Debug-Job and by any program.
BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')

    # Notes where a debugger stops, on whichever thread, and goes on with the next statement.
    if (-not ('OrchestrationEngineTests.Stops' -as [type])) {
        Add-Type -TypeDefinition @'
using System;
using System.Collections.Concurrent;
using System.Management.Automation;
namespace OrchestrationEngineTests
{
    public class Stops
    {
        public ConcurrentQueue<string> Seen { get; } = new ConcurrentQueue<string>();
        public System.Threading.ManualResetEventSlim Release { get; } = new System.Threading.ManualResetEventSlim();
        public void OnStop(object sender, DebuggerStopEventArgs stop)
        {
            var debugger = (Debugger)sender;
            Seen.Enqueue(stop.InvocationInfo.Line.Trim() + " | " + Ask(debugger, "\"item $_ doubled $doubled\"") + " | " + Ask(debugger, "prompt"));
            Release.Set();
            stop.ResumeAction = DebuggerResumeAction.StepOver;
        }
        private static string Ask(Debugger debugger, string text)
        {
            var command = new PSCommand();
            command.AddScript(text);
            var output = new PSDataCollection<PSObject>();
            debugger.ProcessCommand(command, output);
            return string.Join(",", output);
        }
    }
}
'@
    }

    function Watch-Debugger($Debugger) {
        $stops = [OrchestrationEngineTests.Stops]::new()
        $Debugger.add_DebuggerStop([Delegate]::CreateDelegate([EventHandler[System.Management.Automation.DebuggerStopEventArgs]], $stops, 'OnStop'))
        $stops
    }

    # Two items one after another, the first of which waits.
    function Start-Waiting($Go) {
        $job = 1, 2 | Invoke-ParallelOrchestration -AsJob -ThrottleLimit 1 {
            while (-not ($using:Go).Wait(5)) { }
            $doubled = $_ * 2
            "got $doubled"
        }
        if (-not (Wait-Until { $job.ChildJobs[0].State -eq 'Running' })) { throw 'The first item did not start.' }
        $job
    }
}

AfterAll {
    Get-Job | Where-Object { $_.GetType().Name -eq 'OrchestrationJob' } | Remove-Job -Force
}

Describe 'The debugger of a child job' {
    BeforeEach { $go = [Threading.ManualResetEventSlim]::new() }
    AfterEach { $go.Set() }

    It 'is there while the item runs' {
        $job = Start-Waiting $go
        foreach ($child in $job.ChildJobs) { $child -is [System.Management.Automation.IJobDebugger] | Should -BeTrue }
        $job.ChildJobs[0].Debugger | Should -BeOfType System.Management.Automation.Debugger
        $job.ChildJobs[0].Debugger.InBreakpoint | Should -BeFalse
        $job.ChildJobs[1].Debugger | Should -BeNullOrEmpty
        $go.Set()
        $null = Wait-Job $job -Timeout 60
        $job.ChildJobs[0].Debugger | Should -BeNullOrEmpty
    }

    It 'steps through the block of its item, and not through the next one' {
        $job = Start-Waiting $go
        $child = $job.ChildJobs[0]
        $stops = Watch-Debugger $child.Debugger
        $child.Debugger.SetDebuggerStepMode($true)
        $stops.Release.Wait(30000) | Should -BeTrue
        $go.Set()
        $null = Wait-Job $job -Timeout 60
        $prompt = "[DBG]: [$($child.Name)]: PS $PWD>> "
        $seen = @($stops.Seen | Where-Object { $_ -notlike 'while*' })
        $seen | Should -Be "`$doubled = `$_ * 2 | item 1 doubled  | $prompt", "`"got `$doubled`" | item 1 doubled 2 | $prompt", "} | item 1 doubled 2 | $prompt"
        $job | Receive-Job | Should -Be 'got 2', 'got 4'
    }

    It 'lets an item be stopped that it holds' {
        $job = Start-Waiting $go
        $held = [OrchestrationEngineTests.Stops]::new()
        $debugger = $job.ChildJobs[0].Debugger
        # Nobody ever resumes: each stop steps to the next statement of the endless loop.
        $debugger.add_DebuggerStop([Delegate]::CreateDelegate([EventHandler[System.Management.Automation.DebuggerStopEventArgs]], $held, 'OnStop'))
        $debugger.SetDebuggerStepMode($true)
        $held.Release.Wait(30000) | Should -BeTrue
        Stop-Job $job
        Wait-Until { $job.State -eq 'Stopped' } | Should -BeTrue
    }
}

Describe 'Debug-Job' {
    It 'with -BreakAll stops in the block of the running child' {
        $go = [Threading.ManualResetEventSlim]::new()
        $job = Start-Waiting $go
        $runspace = [runspacefactory]::CreateRunspace($Host)
        $shell = [powershell]::Create()
        try {
            $runspace.Open()
            $runspace.Debugger.SetDebugMode([System.Management.Automation.DebugModes] 'LocalScript, RemoteScript')
            $stops = Watch-Debugger $runspace.Debugger
            $shell.Runspace = $runspace
            $running = $shell.AddScript('param($job) Debug-Job $job -BreakAll').AddArgument($job).BeginInvoke()
            $stops.Release.Wait(30000) | Should -BeTrue
            $go.Set()
            $running.AsyncWaitHandle.WaitOne(30000) | Should -BeTrue
            $null = $shell.EndInvoke($running)
            @($stops.Seen | Where-Object { $_ -like '$doubled*' }) |
                Should -Be "`$doubled = `$_ * 2 | item 1 doubled  | [DBG]: [$($job.ChildJobs[0].Name)]: PS $PWD>> "
            "$($job.State)" | Should -Be Completed
            $job | Receive-Job | Should -Be 'got 2', 'got 4'
        } finally {
            $go.Set()
            $shell.Dispose()
            $runspace.Dispose()
        }
    }
}
