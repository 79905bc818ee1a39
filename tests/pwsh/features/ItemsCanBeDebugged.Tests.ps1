# Feature: the debugger of a child job, which stops in the block of the item. Also what PSES#1689 asks for.
BeforeAll {
    . (Join-Path $PSScriptRoot '../TestSetup.ps1')
    # Notes where a debugger stops, on whichever thread, and lets it go on.
    if (-not ('OrchestrationEngineTests.FirstStop' -as [type])) {
        Add-Type -TypeDefinition @'
using System.Management.Automation;
using System.Threading;
namespace OrchestrationEngineTests
{
    public class FirstStop
    {
        public ManualResetEventSlim Reached { get; } = new ManualResetEventSlim();
        public string Line { get; private set; }
        public void OnStop(object sender, DebuggerStopEventArgs stop)
        {
            Line ??= stop.InvocationInfo.Line.Trim();
            stop.ResumeAction = DebuggerResumeAction.Continue;
            Reached.Set();
        }
    }
}
'@
    }
}

Describe 'A child job' {
    It 'has a debugger that stops in the block of its item' {
        $go = [Threading.ManualResetEventSlim]::new()
        $job = 1 | Invoke-ParallelOrchestration -AsJob {
            while (-not ($using:go).Wait(5)) { }
            "item $_"
        }
        try {
            Wait-Until { $job.ChildJobs[0].State -eq 'Running' } | Should -BeTrue
            $debugger = ([System.Management.Automation.IJobDebugger] $job.ChildJobs[0]).Debugger
            $stop = [OrchestrationEngineTests.FirstStop]::new()
            $debugger.add_DebuggerStop([Delegate]::CreateDelegate([EventHandler[System.Management.Automation.DebuggerStopEventArgs]], $stop, 'OnStop'))
            $debugger.SetDebuggerStepMode($true)
            $stop.Reached.Wait(30000) | Should -BeTrue
            $stop.Line | Should -Be 'while (-not ($using:go).Wait(5)) { }'
        } finally { $go.Set() }
        $job | Receive-Job -Wait -AutoRemoveJob | Should -Be 'item 1'
    }
}
