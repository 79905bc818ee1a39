# The file of a log: where it is, whose it is, and what happens if it cannot be written.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'BeforeAll and -ForEach hand variables to other blocks')]
param()

BeforeAll { . (Join-Path $PSScriptRoot 'TestSetup.ps1') }

Describe 'The file of -Log' -Tag Semantics {
    It 'replaces one that is there' {
        Set-Content TestDrive:/log.csv ('old' * 1000)
        1 | Invoke-ParallelOrchestration -Log TestDrive:/log.csv { }
        @(Get-Content TestDrive:/log.csv).Count | Should -Be 2
        Get-Content -Raw TestDrive:/log.csv | Should -Not -BeLike '*old*'
    }

    It 'is where a relative path leads from the session''s location, drives and wildcard characters included: <Path>' -ForEach @(
        @{ Path = './a[1]*.csv'; Name = 'a[1]*.csv' }
        @{ Path = 'b.csv'; Name = 'b.csv' }
        @{ Path = 'logs:/c.csv'; Name = 'c.csv' }
    ) {
        $null = New-PSDrive -Name logs -PSProvider FileSystem -Root $TestDrive
        Push-Location TestDrive:/
        try { 1 | Invoke-ParallelOrchestration -Log $Path { } } finally { Pop-Location }
        [IO.File]::Exists((Join-Path $TestDrive $Name)) | Should -BeTrue
    }

    It 'is the user''s alone, unless it was there' {
        if ($IsWindows) { Set-ItResult -Skipped -Because 'on Windows a file has the rights of its folder' }
        Set-Content TestDrive:/shared.csv old
        [IO.File]::SetUnixFileMode((Join-Path $TestDrive shared.csv), 'UserRead, UserWrite, GroupRead')
        1 | Invoke-ParallelOrchestration -Log TestDrive:/mine.csv -Trace TestDrive:/mine.json { }
        1 | Invoke-ParallelOrchestration -Log TestDrive:/shared.csv { }
        'mine.csv', 'mine.json', 'shared.csv' | ForEach-Object { "$([IO.File]::GetUnixFileMode((Join-Path $TestDrive $_)))" } |
            Should -Be 'UserWrite, UserRead', 'UserWrite, UserRead', 'GroupRead, UserWrite, UserRead'
    }

    It 'is as it was if the call is refused: <Name>' -ForEach @(
        @{ Name = 'the trace cannot be written'; Call = { 1 | Invoke-ParallelOrchestration -Log TestDrive:/kept.csv -Trace TestDrive:/no/such.json { } } }
        @{ Name = '$using: has no value'; Call = { 1 | Invoke-ParallelOrchestration -Log TestDrive:/kept.csv { $using:noSuchVariable } } }
    ) {
        Set-Content TestDrive:/kept.csv old
        $Call | Should -Throw
        Get-Content TestDrive:/kept.csv | Should -Be old
    }
}

Describe '-Log with a process that is killed' -Tag Process {
    It 'has what ended so far, whole: <_>' -ForEach 'csv', 'json', 'jsonl' {
        $path = Join-Path $TestDrive "killed.$_"
        $rows = { if ([IO.File]::Exists($path)) { @(Get-Content $path | Where-Object { $_ -match 'Succeeded' }).Count } }
        $fresh = Invoke-Fresh "1..3 | Invoke-ParallelOrchestration -ThrottleLimit 2 -Log '$path' { if (`$_ -eq 3) { 'READY'; Start-Sleep 600 } }" -WhenReady {
            param($process)
            $null = Wait-Until { (& $rows) -eq 2 }
            $process.Kill($true)
        }
        $fresh.ExitCode | Should -Not -Be 0
        $found = switch ($_) {
            'csv' { Import-Csv $path }
            'json' { Get-Content -Raw $path | ConvertFrom-Json }
            'jsonl' { Get-Content $path | ConvertFrom-Json }
        }
        @($found.Input | Sort-Object) | Should -Be 1, 2
    }
}

Describe 'A log that cannot be written' -Tag Semantics {
    It 'is a terminating error before anything runs: <Path>' -ForEach @(
        @{ Path = 'TestDrive:/no/such/folder/log.csv'; Id = 'LogCannotBeWritten' }
        @{ Path = 'nosuchdrive:/log.csv'; Id = 'LogCannotBeWritten' }
        @{ Path = 'Env:/log.csv'; Id = 'LogCannotBeWritten' }
        @{ Path = 'TestDrive:/folder.json'; Id = 'LogCannotBeWritten' }
        @{ Path = 'TestDrive:/log.txt'; Id = 'LogFormatUnknown' }
        @{ Path = "TestDrive:/a`0b.csv"; Id = 'LogCannotBeWritten' }
        @{ Path = 'TestDrive:/log'; Id = 'LogFormatUnknown' }
    ) {
        $null = New-Item -ItemType Directory -Force TestDrive:/folder.json
        $ran = [Threading.ManualResetEventSlim]::new()
        $problem = { 1 | Invoke-ParallelOrchestration -Log $Path { ($using:ran).Set() } } | Should -Throw -PassThru -ErrorId "$Id,OrchestrationEngine.PowerShell.Cmdlets.InvokeParallelOrchestrationCommand"
        "$problem" | Should -BeLike "-Log '$Path' *"
        $problem.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        $ran.IsSet | Should -BeFalse
    }

    It 'is one, too, for a job' {
        $jobs = @(Get-Job).Count
        { 1 | Invoke-ParallelOrchestration -AsJob -Log TestDrive:/no/such/log.csv { } } | Should -Throw -ErrorId 'LogCannotBeWritten,*'
        @(Get-Job).Count | Should -Be $jobs
    }

    It 'is one, too, if -Trace names the same file, also by a link' {
        { 1 | Invoke-ParallelOrchestration -Log TestDrive:/same.json -Trace TestDrive:/same.json { } } | Should -Throw -ErrorId 'TraceCannotBeWritten*'
        if (-not $IsWindows) {
            $null = New-Item -ItemType SymbolicLink -Path TestDrive:/link.json -Target same.json
            { 1 | Invoke-ParallelOrchestration -Log TestDrive:/same.json -Trace TestDrive:/link.json { } } | Should -Throw -ErrorId 'TraceCannotBeWritten*'
        }
    }

    It 'is an error of the item if a nested call names the file of the outer one' {
        1 | Invoke-ParallelOrchestration -Log TestDrive:/same.csv {
            try { 1 | Invoke-ParallelOrchestration -Log "$using:TestDrive/same.csv" { } } catch { "$($_.FullyQualifiedErrorId)" }
        } | Should -BeLike 'LogCannotBeWritten,*'
        @(Import-Csv TestDrive:/same.csv).Count | Should -Be 1
    }

    It 'because the disk is full is one error, and the items go on' {
        if (-not (Test-Path /dev/full)) { Set-ItResult -Skipped -Because 'there is no /dev/full, the disk that is always full' }
        $path = Join-Path $TestDrive 'full.csv'
        $null = New-Item -ItemType SymbolicLink -Path $path -Target /dev/full
        $found = 1..50 | Invoke-ParallelOrchestration -Ordered -Log $path { $_ } -ErrorVariable problems 2>$null
        $found | Should -Be (1..50)
        $problems.FullyQualifiedErrorId | Should -Be 'LogWriteFailed,OrchestrationEngine.PowerShell.Cmdlets.InvokeParallelOrchestrationCommand'
        $problems[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        $ran = [Threading.ManualResetEventSlim]::new()
        { 1 | Invoke-ParallelOrchestration -Log $path { ($using:ran).Set() } -ErrorAction Stop } | Should -Throw -ErrorId 'LogWriteFailed*'
        $ran.IsSet | Should -BeFalse
        { 1 | Invoke-ParallelOrchestration -Trace $path -PassThru { } -ErrorAction Stop } | Should -Throw -ErrorId 'TraceWriteFailed*'
    }
}

Describe 'A log that grows too large for the disk' -Tag Process {
    It 'keeps the rows that were written, and stays whole: <_>' -ForEach 'csv', 'json', 'jsonl' {
        if ($IsWindows) { Set-ItResult -Skipped -Because 'Windows has no limit for the size of a file' }
        # A limit of 64 KB for any file stands in for a disk: what does not fit is written in part, and then refused.
        $path = Join-Path $TestDrive "large.$_"
        $script = Join-Path $TestDrive 'large.ps1'
        Set-Content $script @"
Import-Module '$(Get-ModuleManifestPath)'
1..2000 | Invoke-ParallelOrchestration -ThrottleLimit 1 -QueueCapacity 50 -ErrorVariable problems -ErrorAction SilentlyContinue -Log '$path' { `$_ } | Measure-Object | ForEach-Object Count
`$problems.FullyQualifiedErrorId
"@
        # Where code and data of .NET share memory by way of a file, that would be too large, too.
        $shell = "trap '' XFSZ; ulimit -f 128; DOTNET_EnableWriteXorExecute=0 exec '$((Get-Process -Id $PID).Path)' -NoProfile -NonInteractive -File '$script'"
        sh -c $shell | Should -Be 2000, 'LogWriteFailed,OrchestrationEngine.PowerShell.Cmdlets.InvokeParallelOrchestrationCommand'
        $found = switch ($_) {
            'csv' { Import-Csv $path }
            'json' { Get-Content -Raw $path | ConvertFrom-Json }
            'jsonl' { Get-Content $path | ConvertFrom-Json }
        }
        $found.Count | Should -BeGreaterThan 50
        $found.Input | Should -Be (1..$found.Count)
        @($found | Where-Object Status -NE Succeeded) | Should -BeNullOrEmpty
    }
}
