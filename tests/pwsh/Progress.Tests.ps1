# One bar for the call, those of its items below it, and nothing where nobody sees it.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'BeforeAll and -ForEach hand variables to other blocks')]
param()

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')
    $activity = 'Invoke-ParallelOrchestration'

    function New-Gate { [Threading.ManualResetEventSlim]::new() }
}

Describe '-Progress' -Tag Semantics {
    It 'says how many are done and read, and of how many once all are read' {
        $half, $all = (New-Gate), (New-Gate)
        $session = Start-Session {
            param($half, $all)
            & { 1..4; ($half).Wait(30000) | Out-Null } | Invoke-ParallelOrchestration -ThrottleLimit 4 -QueueCapacity 10 -Progress {
                if ($_ -gt 2) { $null = ($using:all).Wait(30000) }
                if ($_ -eq 2) { throw 'no' }
            } 2>$null
        } $half, $all
        $half.Set()
        Wait-Bar $session '2 of 4 done, 1 failed 50%' | Should -BeTrue
        $all.Set()
        Wait-Session $session
        $bars = Get-Bar $session
        $bars[-1] | Should -Be '4 of 4 done, 1 failed 100%.'
        @($bars -like '*.').Count | Should -Be 1
        # Only the one that says how much time is left, and no other is shown.
        @($session.Shell.Streams.Progress | Where-Object { $_.PercentComplete -eq 50 -and $_.SecondsRemaining -lt 1 }) | Should -BeNullOrEmpty
        @($session.Shell.Streams.Progress.ActivityId | Sort-Object -Unique).Count | Should -Be 1
        $session.Shell.Streams.Progress[0].ParentActivityId | Should -Be -1
    }

    It 'has no percentage and no end in sight while the input goes on' {
        $gate = New-Gate
        $session = Start-Session {
            param($gate)
            & { while ($true) { 1 } } | Invoke-ParallelOrchestration -ThrottleLimit 2 -QueueCapacity 2 -Progress { $null = ($using:gate).Wait(30000); 1 } | Select-Object -First 10 | Out-Null
        } (, $gate)
        # Two run, and two wait; there is no room for more.
        Wait-Bar $session '0 done, 4 read -1%' | Should -BeTrue
        $session.Shell.Streams.Progress[0].SecondsRemaining | Should -Be -1
        $gate.Set()
        Wait-Session $session
        (Get-Bar $session)[-1] | Should -Match '^\d+ done, \d+ read -1%\.$'
    }

    It 'counts what is done with -Ordered, also while its output is held back' {
        $gate = New-Gate
        $session = Start-Session {
            param($gate)
            1..4 | Invoke-ParallelOrchestration -ThrottleLimit 2 -Ordered -Progress { if ($_ -eq 1) { $null = ($using:gate).Wait(30000) }; $_ }
        } (, $gate)
        Wait-Bar $session '3 of 4 done 75%' | Should -BeTrue
        $session.Output.Count | Should -Be 0
        $gate.Set()
        Wait-Session $session | Should -Be (1..4)
        (Get-Bar $session)[-1] | Should -Be '4 of 4 done 100%.'
    }

    It 'shows the bars of items below its own, each with an id of its own, and ends them with the item' {
        $one, $two = (New-Gate), (New-Gate)
        $session = Start-Session {
            param($one, $two)
            1..2 | Invoke-ParallelOrchestration -ThrottleLimit 2 -Progress {
                Write-Progress "item $_" -Status first -PercentComplete 10
                Write-Progress "item $_" -Status second -PercentComplete 20 -CurrentOperation busy
                Write-Progress "part of $_" -Id 5 -ParentId 0 -Status part
                Write-Progress "gone $_" -Id 6
                Write-Progress "gone $_" -Id 6 -Completed
                $gate = if ($_ -eq 1) { $using:one } else { $using:two }
                $null = $gate.Wait(30000)
            }
        } $one, $two
        $records = { @($session.Shell.Streams.Progress) }
        $ended = { @(& $records | Where-Object RecordType -EQ Completed).Activity | Where-Object { $_ -notlike 'gone*' } | Sort-Object }
        Wait-Until { @(& $records | Where-Object Activity -Like '*of*').Count -ge 2 } | Should -BeTrue
        $one.Set()
        Wait-Until { @(& $ended).Count -ge 2 } | Should -BeTrue
        & $ended | Should -Be 'item 1', 'part of 1'
        $two.Set()
        Wait-Session $session
        & $ended | Should -Be $activity, 'item 1', 'item 2', 'part of 1', 'part of 2'

        $shown = & $records | Where-Object RecordType -EQ Processing | Group-Object Activity -AsHashTable
        # Only the latest of each is shown, five times a second, and not again without a change.
        'item 1', 'item 2' | ForEach-Object { "$($shown[$_].StatusDescription)" | Should -BeIn 'second', 'first second' }
        'part of 1', 'part of 2' | ForEach-Object { "$($shown[$_].StatusDescription)" } | Should -Be 'part', 'part'
        $one, $two, $part1, $part2, $all = 'item 1', 'item 2', 'part of 1', 'part of 2', $activity | ForEach-Object { $shown[$_][-1] }
        $one.PercentComplete, $one.CurrentOperation | Should -Be 20, 'busy'
        $one.ParentActivityId, $two.ParentActivityId | Should -Be $all.ActivityId, $all.ActivityId
        $part1.ParentActivityId, $part2.ParentActivityId | Should -Be $one.ActivityId, $two.ActivityId
        @(& $records | Group-Object ActivityId | Where-Object { $_.Group[-1].RecordType -ne 'Completed' }) | Should -BeNullOrEmpty
        @($one, $two, $part1, $part2, $all | ForEach-Object ActivityId | Sort-Object -Unique).Count | Should -Be 5
        (& $records)[-1].Activity | Should -Be $activity
    }

    It 'puts the bar of the next item in the place of the last, without a gap' {
        # A place is kept for less than half a second, for which the machine may do something else: so three tries.
        for ($try = 1; $try -le 3 -and ($try -eq 1 -or $lines -ne $expected); $try++) {
            $gates = 1..3 | ForEach-Object { New-Gate }
            $session = Start-Session {
                param($gates)
                0..2 | Invoke-ParallelOrchestration -ThrottleLimit 1 -Progress {
                    $gates = $using:gates
                    Write-Progress "item $_" -Status first
                    Write-Progress "part of $_" -ParentId 0 -Id 1
                    $null = $gates[$_].Wait(30000)
                }
            } (, $gates)
            $shown = { @($session.Shell.Streams.Progress | Where-Object Activity -NE $activity) }
            foreach ($number in 0..2) {
                Wait-Until { @(& $shown).Activity -contains "part of $number" } | Should -BeTrue
                $gates[$number].Set()
            }
            $null = Wait-Session $session
            $found = & $shown
            $first = $found[0].ActivityId - 1
            $lines = ($found | ForEach-Object { "$($_.ActivityId - $first) $($_.Activity) $($_.RecordType)" }) -join "`n"
            $expected = @(
                # Nothing is taken from the screen before the end, and the lines stay what they are.
                '1 item 0 Processing', '2 part of 0 Processing', '1 item 1 Processing', '2 part of 1 Processing'
                '1 item 2 Processing', '2 part of 2 Processing', '1 item 2 Completed', '2 part of 2 Completed') -join "`n"
        }
        $lines | Should -Be $expected
        $found[3].ParentActivityId | Should -Be $found[0].ActivityId
    }

    It 'shows a nested call as a bar of the item' {
        $gate = New-Gate
        $session = Start-Session {
            param($gate)
            'outer' | Invoke-ParallelOrchestration -Progress {
                $gate = $using:gate
                1..3 | Invoke-ParallelOrchestration -Progress { $null = ($using:gate).Wait(30000) }
            }
        } (, $gate)
        Wait-Bar $session '0 of 3 done 0%' | Should -BeTrue
        $gate.Set()
        Wait-Session $session
        $outer, $inner = @($session.Shell.Streams.Progress | Where-Object PercentComplete -EQ 0 | Sort-Object ActivityId -Unique)
        $inner.StatusDescription, $inner.ParentActivityId | Should -Be '0 of 3 done', $outer.ActivityId
    }

    It 'is written about five times a second, however much is told' {
        $clock = [Diagnostics.Stopwatch]::StartNew()
        $session = Start-Session {
            1..20000 | Invoke-ParallelOrchestration -ThrottleLimit 2 -Progress { Write-Progress 'mine' -Status "at $_"; $_ } | Out-Null
        }
        Wait-Session $session -LimitSeconds 120
        $most = $clock.Elapsed.TotalSeconds * 5 + 2
        @(Get-Bar $session).Count | Should -BeLessOrEqual $most
        # At each time one bar a worker begins and one ends, at most.
        @($session.Shell.Streams.Progress | Where-Object Activity -EQ mine).Count | Should -BeLessOrEqual ($most * 4)
    }

    It 'shows nothing without an item' {
        $session = Start-Session { @() | Invoke-ParallelOrchestration -Progress { } }
        Wait-Session $session
        $session.Shell.Streams.Progress.Count | Should -Be 0
    }

    It 'shows nothing with <Name>' -ForEach @(
        @{ Name = '$ProgressPreference'; Block = { $ProgressPreference = 'SilentlyContinue'; 1 | Invoke-ParallelOrchestration -Progress { Start-Sleep -Milliseconds 500 } } }
        @{ Name = '-ProgressAction'; Block = { 1 | Invoke-ParallelOrchestration -Progress -ProgressAction Ignore { Start-Sleep -Milliseconds 500 } } }
    ) {
        $session = Start-Session $Block
        Wait-Session $session
        $session.Shell.Streams.Progress.Count | Should -Be 0
    }
}

Describe 'The bar is completed' -Tag Semantics {
    It 'after <Name>' -ForEach @(
        @{ Name = 'a time limit'; Block = { 1..2 | Invoke-ParallelOrchestration -TimeoutSeconds 1 -Progress { Start-Sleep 600 } } }
        @{ Name = 'the first failure'; Block = { 1..2 | Invoke-ParallelOrchestration -StopOnError -Progress { Start-Sleep 1; throw 'no' } } }
        @{ Name = '-ErrorAction Stop'; Block = { 1..2 | Invoke-ParallelOrchestration -ErrorAction Stop -Progress { Start-Sleep 1; Write-Error 'no' } } }
        @{ Name = 'Select-Object -First'; Block = { & { while ($true) { 1 } } | Invoke-ParallelOrchestration -ThrottleLimit 2 -QueueCapacity 4 -Progress { Start-Sleep 1; 1 } | Select-Object -First 1 } }
    ) {
        $session = Start-Session $Block
        try { $null = Wait-Session $session 3>$null } catch { $null = $_ }
        $found = @($session.Shell.Streams.Progress)
        @($found | Where-Object RecordType -EQ Processing).Count | Should -BeGreaterThan 0
        $found[-1].RecordType | Should -Be Completed
        $found[-1].ActivityId | Should -Be $found[0].ActivityId
    }

    It 'after Ctrl+C, and so are those of items' {
        $session = Start-Session { 1..3 | Invoke-ParallelOrchestration -ThrottleLimit 2 -Progress { Write-Progress "item $_"; Start-Sleep 600 } }
        $progress = $session.Shell.Streams.Progress
        Wait-Until { @($progress | Where-Object Activity -Like 'item*').Count -ge 2 } | Should -BeTrue
        Stop-Session $session | Should -Be 'Stopped'
        $ended = @($progress | Where-Object RecordType -EQ Completed).Activity
        $ended[0, 1] | Sort-Object | Should -Be 'item 1', 'item 2'
        $ended[2..9] | Should -Be $activity
    }
}

Describe 'Where nobody sees progress' -Tag Process {
    It 'none is written: a console without a terminal, but not another host' {
        $fresh = Invoke-Fresh @'
Add-Type -TypeDefinition '
using System; using System.Collections.Generic; using System.Collections.ObjectModel; using System.Globalization;
using System.Management.Automation; using System.Management.Automation.Host; using System.Security;
public class TestScreen : PSHostUserInterface {
    public List<string> Seen = new List<string>();
    public override PSHostRawUserInterface RawUI { get { return null; } }
    public override void WriteProgress(long sourceId, ProgressRecord record) { lock (Seen) Seen.Add(sourceId + " " + record.Activity + " " + record.RecordType); }
    public override string ReadLine() { return null; }
    public override SecureString ReadLineAsSecureString() { return null; }
    public override void Write(string value) { }
    public override void Write(ConsoleColor a, ConsoleColor b, string value) { }
    public override void WriteLine(string value) { }
    public override void WriteErrorLine(string value) { }
    public override void WriteDebugLine(string message) { }
    public override void WriteVerboseLine(string message) { }
    public override void WriteWarningLine(string message) { }
    public override Dictionary<string, PSObject> Prompt(string a, string b, Collection<FieldDescription> c) { return null; }
    public override int PromptForChoice(string a, string b, Collection<ChoiceDescription> c, int d) { return d; }
    public override PSCredential PromptForCredential(string a, string b, string c, string d) { return null; }
    public override PSCredential PromptForCredential(string a, string b, string c, string d, PSCredentialTypes e, PSCredentialUIOptions f) { return null; }
}
public class TestHost : PSHost {
    private readonly string _name; private readonly Guid _id = Guid.NewGuid(); public readonly TestScreen Screen = new TestScreen();
    public TestHost(string name) { _name = name; }
    public override string Name { get { return _name; } }
    public override Version Version { get { return new Version(1, 0); } }
    public override Guid InstanceId { get { return _id; } }
    public override CultureInfo CurrentCulture { get { return CultureInfo.InvariantCulture; } }
    public override CultureInfo CurrentUICulture { get { return CultureInfo.InvariantCulture; } }
    public override PSHostUserInterface UI { get { return Screen; } }
    public override void SetShouldExit(int exitCode) { }
    public override void EnterNestedPrompt() { }
    public override void ExitNestedPrompt() { }
    public override void NotifyBeginApplication() { }
    public override void NotifyEndApplication() { }
}'
foreach ($name in 'ConsoleHost', 'Another Host') {
    $host_ = [TestHost]::new($name)
    $runspace = [runspacefactory]::CreateRunspace($host_)
    $runspace.Open()
    $shell = [powershell]::Create($runspace)
    $null = $shell.AddCommand('Import-Module').AddArgument((Get-Module OrchestrationEngine).Path).AddStatement()
    $null = $shell.AddScript('1 | Invoke-ParallelOrchestration -Progress { 1 | Invoke-ParallelOrchestration -Progress { Start-Sleep 1 } }').Invoke()
    "$name $($shell.Streams.Error)"
    $host_.Screen.Seen | Sort-Object -Unique
    $shell.Dispose(); $runspace.Dispose()
}
'@
        $fresh.ErrorText | Should -BeNullOrEmpty
        $fresh.Output | Should -Be 'ConsoleHost ', 'Another Host ', '0 Invoke-ParallelOrchestration Completed', '0 Invoke-ParallelOrchestration Processing'
    }

    It 'is told by how pwsh was started: <Line>' -ForEach @(
        @{ Line = 'pwsh -NonInteractive'; Expected = $true }
        @{ Line = 'pwsh -NoProfile -noni -Command x'; Expected = $true }
        @{ Line = 'pwsh /NonInteractive -File x.ps1'; Expected = $true }
        @{ Line = 'pwsh'; Expected = $false }
        @{ Line = 'pwsh -NoProfile -NoExit'; Expected = $false }
        @{ Line = 'pwsh -File x.ps1 -NonInteractive'; Expected = $false }
        @{ Line = 'pwsh -c x -NonInteractive'; Expected = $false }
    ) {
        $type = (Get-Command Invoke-ParallelOrchestration).ImplementingType.Assembly.GetType('OrchestrationEngine.PowerShell.Reports.CmdletProgressDisplay')
        $method = $type.GetMethod('IsNonInteractive', [Reflection.BindingFlags] 'Static, NonPublic')
        $method.Invoke($null, @(, [string[]] ($Line -split ' '))) | Should -Be $Expected
    }
}
