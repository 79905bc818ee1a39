# A row an item in a file, as items end.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'BeforeAll and -ForEach hand variables to other blocks')]
param()

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')

    # The file with what differs from run to run as one letter: worker, start and duration.
    function Get-LogText([string] $Path) {
        (Get-Content -Raw $Path) -creplace '\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z', 'T' -creplace '(?m)^(\d+,(?:"(?:[^"]|"")*"|[^,"]*)),\d+,T,[\d.]+,', '$1,W,T,D,' `
            -creplace '"Worker":\d+', '"Worker":W' -creplace '"Duration":[\d.]+', '"Duration":D'
    }
}

Describe '-Log' -Tag Semantics {
    It 'writes CSV: a header, and a row an item' {
        'a', 'b', 'c' | Invoke-ParallelOrchestration -ThrottleLimit 1 -Log TestDrive:/log.csv { if ($_ -eq 'b') { throw 'no b' }; if ($_ -eq 'c') { Write-Error 'soft'; Write-Error 'second' } } 2>$null
        Get-LogText TestDrive:/log.csv | Should -BeExactly ((@(
                    'Index,Input,Worker,Start,Duration,Status,Attempts,Error'
                    '0,a,W,T,D,Succeeded,1,'
                    '1,b,W,T,D,Failed,1,no b'
                    '2,c,W,T,D,Succeeded,1,soft') -join "`r`n") + "`r`n")
    }

    It 'writes JSON: an array of objects, one a line' {
        'a', 'b' | Invoke-ParallelOrchestration -ThrottleLimit 1 -Log TestDrive:/log.json { if ($_ -eq 'b') { throw 'no b' } } 2>$null
        Get-LogText TestDrive:/log.json | Should -BeExactly (@'
[
{"Index":0,"Input":"a","Worker":W,"Start":"T","Duration":D,"Status":"Succeeded","Attempts":1,"Error":null},
{"Index":1,"Input":"b","Worker":W,"Start":"T","Duration":D,"Status":"Failed","Attempts":1,"Error":"no b"}
]

'@ -replace '\r\n', "`n")
    }

    It 'writes JSON lines' {
        'a', 'b' | Invoke-ParallelOrchestration -ThrottleLimit 1 -Log TestDrive:/log.jsonl { }
        Get-LogText TestDrive:/log.jsonl | Should -BeExactly (@'
{"Index":0,"Input":"a","Worker":W,"Start":"T","Duration":D,"Status":"Succeeded","Attempts":1,"Error":null}
{"Index":1,"Input":"b","Worker":W,"Start":"T","Duration":D,"Status":"Succeeded","Attempts":1,"Error":null}

'@ -replace '\r\n', "`n")
    }

    It 'writes what is whole also without an item: <Name>' -ForEach @(
        @{ Name = 'none.csv'; Text = "Index,Input,Worker,Start,Duration,Status,Attempts,Error`r`n" }
        @{ Name = 'none.json'; Text = "[`n]`n" }
        @{ Name = 'none.jsonl'; Text = '' }
    ) {
        @() | Invoke-ParallelOrchestration -Log "TestDrive:/$Name" { }
        [IO.File]::ReadAllText((Join-Path $TestDrive $Name)) | Should -BeExactly $Text
    }

    It 'says worker, start and duration as the record of the item does' {
        $before = [datetime]::UtcNow
        $records = 1..4 | Invoke-ParallelOrchestration -ThrottleLimit 2 -PassThru -Log TestDrive:/log.json { Start-Sleep -Milliseconds 30 }
        $after = [datetime]::UtcNow
        $rows = @(Get-Content -Raw TestDrive:/log.json | ConvertFrom-Json)
        $rows.Index | Should -Be $records.Index
        $rows.Worker | Should -Be $records.Worker
        foreach ($number in 0..3) {
            [Math]::Abs($rows[$number].Duration - $records[$number].Duration.TotalSeconds) | Should -BeLessThan 0.000002
            # Written in whole milliseconds.
            $rows[$number].Start.ToUniversalTime() | Should -BeGreaterOrEqual $before.AddMilliseconds(-1)
            $rows[$number].Start.ToUniversalTime() + $records[$number].Duration | Should -BeLessOrEqual $after.AddMilliseconds(5)
        }
    }

    It 'quotes so that Import-Csv reads back what went in' {
        $texts = 'a,b', 'say "hi"', ' lead', "tab`there", 'ünï', '', '-5', '1e3', '+4.5', 'a=b'
        $texts | Invoke-ParallelOrchestration -ThrottleLimit 1 -Log TestDrive:/log.csv { if ($_) { throw $_ } } 2>$null
        $rows = Import-Csv TestDrive:/log.csv
        $rows.Input | Should -Be ($texts -replace "`t", ' ')
        $rows.Error | Should -Be ($texts -replace "`t", ' ')
    }

    It 'puts an apostrophe before what a spreadsheet would run: <_>' -ForEach '=1+1', '+cmd', '-2+3', '@SUM(A1)', '@{1}+cmd', '="x"' {
        $_ | Invoke-ParallelOrchestration -Log TestDrive:/log.csv { throw $_ } 2>$null
        $row = Import-Csv TestDrive:/log.csv
        $row.Input, $row.Error | Should -Be "'$_", "'$_"
        $_ | Invoke-ParallelOrchestration -Log TestDrive:/log.json { }
        (Get-Content -Raw TestDrive:/log.json | ConvertFrom-Json).Input | Should -Be $_
    }

    It 'stays whole whatever the texts are: <Name>' -ForEach @(
        @{ Name = 'quotes'; Text = '"', '\"', '",', "'"; Said = '"', '\"', '",', "'" }
        @{ Name = 'lines'; Text = "a`r`nb", "a`n", "`r=1"; Said = 'a  b', 'a ', ' =1' }
        @{ Name = 'what ends an array'; Text = ']', '}]', '<!--', '</script>'; Said = ']', '}]', '<!--', '</script>' }
        @{ Name = 'control characters'; Text = "`0", "`e[31m", "`u{85}"; Said = ' ', ' [31m', ' ' }
        @{ Name = 'half a pair'; Text = , [string] [char] 0xD800; Said = , "`u{FFFD}" }
    ) {
        foreach ($kind in 'csv', 'json', 'jsonl') {
            $Text | Invoke-ParallelOrchestration -ThrottleLimit 1 -Log "TestDrive:/log.$kind" { throw $_ } 2>$null
            $rows = switch ($kind) {
                'csv' { Import-Csv TestDrive:/log.csv }
                'json' { Get-Content -Raw TestDrive:/log.json | ConvertFrom-Json }
                'jsonl' { Get-Content TestDrive:/log.jsonl | ConvertFrom-Json }
            }
            # The only sign that CSV adds; these texts begin with none that looks like a formula.
            $rows.Input | Should -Be $Said
            $rows.Error | Should -Be $Said
        }
    }

    It 'says an item in one line: <Name>' -ForEach @(
        @{ Name = 'lines'; Value = "a`r`nb`u{2028}c"; Text = 'a  b c' }
        @{ Name = '$null'; Value = $null; Text = '' }
        @{ Name = 'a number'; Value = 1.5; Text = '1.5' }
        @{ Name = 'an array'; Value = @(1, 'b', $null, @(2, 3)); Text = '1 b  Object[]' }
        @{ Name = 'a table'; Value = [ordered]@{ a = 1; b = 'x' }; Text = '@{a=1; b=x}' }
        @{ Name = 'an object'; Value = [pscustomobject]@{ A = 1 }; Text = '@{A=1}' }
        @{ Name = 'a long text'; Value = 'x' * 500; Text = ('x' * 199) + [char] 0x2026 }
        @{ Name = 'a long array'; Value = 1..100000; Text = ("$(1..100)"[0..198] -join '') + [char] 0x2026 }
        @{ Name = 'no half of a pair'; Value = ('x' * 198) + ([char]::ConvertFromUtf32(0x1F600) * 2); Text = ('x' * 198) + [char] 0x2026 }
        @{ Name = 'one whose ToString fails'; Value = [pscustomobject]@{ A = 1 } | Add-Member -PassThru -Force ScriptMethod ToString { throw 'no' }; Text = 'PSCustomObject' }
    ) {
        Invoke-ParallelOrchestration -InputObject $Value -Log TestDrive:/log.json { }
        (Get-Content -Raw TestDrive:/log.json | ConvertFrom-Json).Input | Should -BeExactly $Text
    }

    It 'says what did not end by itself: timed out, stopped, and not started' {
        $null = 1..4 | Invoke-ParallelOrchestration -ThrottleLimit 1 -ItemTimeoutSeconds 0.2 -Log TestDrive:/log.json -ErrorAction Ignore { if ($_ -eq 2) { Start-Sleep 600 } }
        $rows = Get-Content -Raw TestDrive:/log.json | ConvertFrom-Json
        $rows.Status | Should -Be Succeeded, TimedOut, Succeeded, Succeeded
        $rows[1].Error | Should -BeLike 'Item 1 was stopped after *'

        $isRead = [Threading.ManualResetEventSlim]::new()
        {
            & { 1..3; $isRead.Set() } |
                Invoke-ParallelOrchestration -ThrottleLimit 1 -StopOnError -Log TestDrive:/log.csv { $null = ($using:isRead).Wait(30000); throw "no $_" } 2>$null
        } | Should -Throw -ErrorId 'StoppedOnFirstFailure*'
        Get-LogText TestDrive:/log.csv | Should -BeExactly ((@(
                    'Index,Input,Worker,Start,Duration,Status,Attempts,Error'
                    '0,1,W,T,D,Failed,1,no 1'
                    '1,2,,,0,Stopped,1,'
                    '2,3,,,0,Stopped,1,') -join "`r`n") + "`r`n")
    }

    It 'writes one row for an item that is tried again, about its last attempt' {
        'a', 'b' | Invoke-ParallelOrchestration -ThrottleLimit 1 -RetryCount 2 -Log TestDrive:/log.json {
            if ($_ -eq 'b') { throw "try $($Orchestration.Attempt)" }
            if ($Orchestration.Attempt -eq 1) { throw 'first' }
        } 2>$null
        $rows = Get-Content -Raw TestDrive:/log.json | ConvertFrom-Json | Sort-Object Index
        $rows.Attempts | Should -Be 2, 3
        $rows.Status | Should -Be Succeeded, Failed
        $rows[0].Error | Should -BeNullOrEmpty
        $rows[1].Error | Should -Be 'try 3'
    }

    It 'goes with -BatchSize, -PassThru and -Ordered' {
        $records = 1..10 | Invoke-ParallelOrchestration -ThrottleLimit 2 -BatchSize 4 -PassThru -Ordered -Log TestDrive:/log.csv { if ($_ -contains 5) { throw 'five' } }
        $records.Status | Should -Be Succeeded, Failed, Succeeded
        $rows = Import-Csv TestDrive:/log.csv | Sort-Object { [int] $_.Index }
        $rows | ForEach-Object { '{0}: {1}: {2}: {3}' -f $_.Index, $_.Input, $_.Status, $_.Error } |
            Should -Be '0: 1 2 3 4: Succeeded: ', '1: 5 6 7 8: Failed: five', '2: 9 10: Succeeded: '
    }

    It 'has the last attempt of an item that waits for another when the call ends' {
        $path = Join-Path $TestDrive 'waiting.csv'
        $session = Start-Session { param($path) 1..2 | Invoke-ParallelOrchestration -Verbose -RetryCount 1 -RetryDelay 600 -Log $path { throw "no $_" } } $path
        # Each says that it is to be tried again.
        Wait-Until { $session.Shell.Streams.Verbose.Count -ge 2 } | Should -BeTrue
        Stop-Session $session | Should -Be 'Stopped'
        Import-Csv $path | Sort-Object Index | ForEach-Object { '{0}: {1}: {2}' -f $_.Attempts, $_.Status, $_.Error } | Should -Be '1: Failed: no 1', '1: Failed: no 2'
    }

    It 'has each of 100,000 items once' {
        1..100000 | Invoke-ParallelOrchestration -ThrottleLimit 2 -Log TestDrive:/many.csv { }
        $indexes = [Collections.Generic.HashSet[int]]::new()
        $lines = [IO.File]::ReadAllLines((Join-Path $TestDrive many.csv))
        foreach ($line in $lines) { if ($line -match '^(\d+),(\d+),.*,Succeeded,1,$' -and [int] $Matches[2] -eq [int] $Matches[1] + 1) { $null = $indexes.Add($Matches[1]) } }
        $lines.Count, $indexes.Count | Should -Be 100001, 100000
    }

    It 'writes rows as items end, also with -Ordered, and every file is whole meanwhile: <_>' -ForEach 'csv', 'json', 'jsonl' {
        $path = Join-Path $TestDrive "live.$_"
        Invoke-WithLimit -ArgumentList $path, $_ {
            param($path, $kind)
            1..3 | Invoke-ParallelOrchestration -ThrottleLimit 2 -Ordered -Log $path {
                if ($_ -gt 1) { return }
                # The first item sees the rows of the others.
                $until = [datetime]::UtcNow.AddSeconds(30)
                do {
                    $stream = [IO.FileStream]::new($using:path, 'Open', 'Read', 'ReadWrite, Delete')
                    $text = [IO.StreamReader]::new($stream).ReadToEnd()
                    $stream.Dispose()
                    $rows = @(switch ($using:kind) {
                            'csv' { $text | ConvertFrom-Csv }
                            'json' { $text | ConvertFrom-Json -ErrorAction Stop }
                            default { $text -split '\n' | Where-Object { $_ } | ConvertFrom-Json -ErrorAction Stop }
                        })
                } until ($rows.Count -eq 2 -or [datetime]::UtcNow -gt $until)
                "$($rows.Index)"
            }
        } | Should -Be '1 2'
    }

    It 'has all rows when the pipeline ends early, in valid JSON' {
        1..5000 | Invoke-ParallelOrchestration -ThrottleLimit 4 -Log TestDrive:/log.json { $_ } | Select-Object -First 3 | Should -HaveCount 3
        $rows = Get-Content -Raw TestDrive:/log.json | ConvertFrom-Json
        @($rows.Index | Sort-Object) | Should -Be (0..($rows.Count - 1))
        @($rows | Where-Object Status -NotIn Succeeded, Stopped) | Should -BeNullOrEmpty
    }

    It 'has all rows when the call is stopped' {
        $path = Join-Path $TestDrive 'stopped.json'
        $started = [Threading.CountdownEvent]::new(2)
        $session = Start-Session {
            param($path, $started)
            1..5 | Invoke-ParallelOrchestration -ThrottleLimit 2 -Log $path { $null = ($using:started).Signal(); Start-Sleep 600 }
        } $path, $started
        $started.Wait(30000) | Should -BeTrue
        Stop-Session $session | Should -Be 'Stopped'
        $rows = @(Get-Content -Raw $path | ConvertFrom-Json | Sort-Object Index)
        $rows.Index | Should -Be (0..4)
        $rows.Status | Should -Be (@('Stopped') * 5)
        @($rows | Where-Object Worker).Count | Should -Be 2
    }

    It 'logs a job, beside a trace' {
        Invoke-WithLimit -ArgumentList $TestDrive {
            param($folder)
            $job = 1..3 | Invoke-ParallelOrchestration -AsJob -StateVariable state -Log "$folder/job.json" -Trace "$folder/jobtrace.json" -Progress { $null = $Orchestration.Counter('n').Add($Orchestration.Index) }
            $job | Receive-Job -Wait -AutoRemoveJob
            $state.Counter('n').Value
        } | Should -Be 3
        $rows = @(Get-Content -Raw TestDrive:/job.json | ConvertFrom-Json | Sort-Object Index)
        $rows.Input | Should -Be '1', '2', '3'
        $rows.Start.Count | Should -Be 3
        @(Get-Content -Raw TestDrive:/jobtrace.json | ConvertFrom-Json | Where-Object ph -EQ X).Count | Should -Be 3
    }

    It 'logs a nested call in a file of its own' {
        1..2 | Invoke-ParallelOrchestration -Log TestDrive:/outer.csv {
            1..3 | Invoke-ParallelOrchestration -Log "$using:TestDrive/inner$_.csv" { }
        }
        @(Import-Csv TestDrive:/outer.csv).Count, @(Import-Csv TestDrive:/inner1.csv).Count, @(Import-Csv TestDrive:/inner2.csv).Count |
            Should -Be 2, 3, 3
    }
}
