# A time line of a call, for chrome://tracing and its like.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'BeforeAll hands variables to other blocks')]
param()

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')
    function Get-Trace([string] $Path = 'TestDrive:/trace.json') { Get-Content -Raw $Path | ConvertFrom-Json }

    # The file with what differs from run to run as one letter: worker, process and times.
    function Get-TraceText {
        (Get-Content -Raw TestDrive:/trace.json) -creplace '"tid":\d+', '"tid":W' -creplace '"name":"worker \d+"', '"name":"worker W"' `
            -creplace "`"pid`":$PID\b", '"pid":P' -creplace '"(ts|dur)":[\d.]+', '"$1":N' -creplace 'after [\d.]+ s', 'after N s'
    }
}

Describe '-Trace' -Tag Semantics {
    It 'writes an event an item, and the names of the process and of the workers' {
        'a', 'b' | Invoke-ParallelOrchestration -ThrottleLimit 1 -Trace TestDrive:/trace.json { if ($_ -eq 'b') { throw 'no b' } } 2>$null
        Get-TraceText | Should -BeExactly (@'
[
{"name":"process_name","ph":"M","pid":P,"args":{"name":"Invoke-ParallelOrchestration"}},
{"name":"thread_name","ph":"M","pid":P,"tid":W,"args":{"name":"worker W"}},
{"name":"0 a","cat":"item","ph":"X","ts":N,"dur":N,"pid":P,"tid":W,"args":{"index":0,"input":"a","status":"Succeeded","attempt":1}},
{"name":"1 b","cat":"item","ph":"X","ts":N,"dur":N,"pid":P,"tid":W,"args":{"index":1,"input":"b","status":"Failed","attempt":1,"error":"no b"}}
]

'@ -replace '\r\n', "`n")
    }

    It 'has each item on the line of its worker, none over another, and none outside the call' {
        $clock = [Diagnostics.Stopwatch]::StartNew()
        $records = 1..200 | Invoke-ParallelOrchestration -ThrottleLimit 3 -PassThru -Trace TestDrive:/trace.json { if ($_ % 50 -eq 0) { Start-Sleep -Milliseconds 20 } }
        $length = $clock.Elapsed.TotalMicroseconds
        $trace = Get-Trace
        $events = @($trace | Where-Object ph -EQ X)
        $events.Count | Should -Be 200
        $byIndex = $events | Sort-Object { $_.args.index }
        $byIndex.tid | Should -Be ($records | Sort-Object Index).Worker
        foreach ($line in $events | Group-Object tid) {
            $free = 0
            foreach ($item in $line.Group | Sort-Object ts) {
                # In tenths of a microsecond, which sums of doubles miss by a little.
                $item.ts | Should -BeGreaterOrEqual ($free - 0.01)
                $free = $item.ts + $item.dur
            }
            $free | Should -BeLessOrEqual $length
        }
        @($trace | Where-Object name -EQ thread_name).tid | Sort-Object | Should -Be @($events.tid | Sort-Object -Unique)
    }

    It 'has an event for each attempt, also for one that timed out' {
        'a', 'b' | Invoke-ParallelOrchestration -ThrottleLimit 1 -RetryCount 1 -ItemTimeoutSeconds 1 -Trace TestDrive:/trace.json {
            if ($_ -eq 'b') { throw "try $($Orchestration.Attempt)" }
            if ($Orchestration.Attempt -eq 1) { Start-Sleep 600 }
        } 2>$null
        $events = (Get-TraceText) -split ',?\n' -match '"ph":"X"' | Sort-Object -Culture ''
        $same = '"cat":"item","ph":"X","ts":N,"dur":N,"pid":P,"tid":W,"args":'
        $events | Should -BeExactly @(
            "{`"name`":`"0 a`",$same{`"index`":0,`"input`":`"a`",`"status`":`"Succeeded`",`"attempt`":2}}"
            "{`"name`":`"0 a`",$same{`"index`":0,`"input`":`"a`",`"status`":`"TimedOut`",`"attempt`":1,`"error`":`"Item 0 was stopped after N s because it ran longer than it may.`"}}"
            "{`"name`":`"1 b`",$same{`"index`":1,`"input`":`"b`",`"status`":`"Failed`",`"attempt`":1,`"error`":`"try 1`"}}"
            "{`"name`":`"1 b`",$same{`"index`":1,`"input`":`"b`",`"status`":`"Failed`",`"attempt`":2,`"error`":`"try 2`"}}"
        )
    }

    It 'leaves out what never ran' {
        { 1..5 | Invoke-ParallelOrchestration -ThrottleLimit 1 -StopOnError -Trace TestDrive:/trace.json { throw 'no' } 2>$null } | Should -Throw
        $events = @(Get-Trace | Where-Object ph -EQ X)
        $events.name | Should -Be '0 1'
        $events.args.status | Should -Be 'Failed'
    }

    It 'has what ran when the call is stopped' {
        $path = Join-Path $TestDrive 'stopped.json'
        $started = [Threading.CountdownEvent]::new(2)
        $session = Start-Session {
            param($path, $started)
            1..5 | Invoke-ParallelOrchestration -ThrottleLimit 2 -Trace $path { $null = ($using:started).Signal(); Start-Sleep 600 }
        } $path, $started
        $started.Wait(30000) | Should -BeTrue
        Stop-Session $session | Should -Be 'Stopped'
        @(Get-Trace $path | Where-Object ph -EQ X).args.status | Should -Be Stopped, Stopped
    }

    It 'shortens names' {
        'x' * 500 | Invoke-ParallelOrchestration -Trace TestDrive:/trace.json { }
        (Get-Trace)[-1].name | Should -BeExactly ('0 ' + ('x' * 59) + [char] 0x2026)
    }

    It 'is valid when the pipeline ends early, and goes beside a log' {
        1..1000 | Invoke-ParallelOrchestration -ThrottleLimit 2 -Trace TestDrive:/trace.json -Log TestDrive:/log.csv { $_ } | Select-Object -First 1 | Should -HaveCount 1
        $ran = @(Import-Csv TestDrive:/log.csv | Where-Object Worker)
        @(Get-Trace | Where-Object ph -EQ X).Count | Should -Be $ran.Count
    }

    It 'is whole without an item' {
        @() | Invoke-ParallelOrchestration -Trace TestDrive:/trace.json { }
        @(Get-Trace).name | Should -Be 'process_name'
    }

    It 'is a terminating error if it cannot be written' {
        $problem = { 1 | Invoke-ParallelOrchestration -Trace TestDrive:/no/such/trace.json { } } | Should -Throw -PassThru -ErrorId 'TraceCannotBeWritten,*'
        $problem.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }
}
