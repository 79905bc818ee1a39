# All seven streams reach the caller's streams, and the order within an item is kept.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'BeforeAll and -ForEach hand variables to other blocks')]
param()

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')
}

Describe 'The streams of an item' -Tag Semantics {
    BeforeAll {
        $everything = Get-BlockOfEveryStream
    }

    It 'come in the order in which they were written' {
        $found = 1, 2 | Invoke-ParallelOrchestration -ThrottleLimit 1 -Verbose -Debug $everything *>&1 | Get-StreamText
        $found | Should -Be @(foreach ($n in 1, 2) {
                "output a$n", "error b$n", "warning c$n", "verbose d$n", "debug e$n", "information f$n", "information g$n", "output h$n"
            })
    }

    It 'keep their order within each item, whatever runs beside it' {
        $found = 1..8 | Invoke-ParallelOrchestration -ThrottleLimit 4 {
            foreach ($i in 1..200) { "$_ $i o"; Write-Error "$_ $i e" }
        } 2>&1 | ForEach-Object { "$_" }
        foreach ($n in 1..8) {
            @($found | Where-Object { $_.StartsWith("$n ") }) | Should -Be @(foreach ($i in 1..200) { "$n $i o", "$n $i e" })
        }
    }

    It 'can be redirected: <Name>' -ForEach @(
        @{ Name = '2>&1'; Call = { 1 | Invoke-ParallelOrchestration $args[0] 2>&1 3>$null 6>$null }; Expected = 'output a1', 'error b1', 'output h1' }
        @{ Name = '3>&1'; Call = { 1 | Invoke-ParallelOrchestration $args[0] 3>&1 2>$null 6>$null }; Expected = 'output a1', 'warning c1', 'output h1' }
        @{ Name = '4>&1'; Call = { 1 | Invoke-ParallelOrchestration $args[0] -Verbose 4>&1 2>$null 3>$null 6>$null }; Expected = 'output a1', 'verbose d1', 'output h1' }
        @{ Name = '5>&1'; Call = { 1 | Invoke-ParallelOrchestration $args[0] -Debug 5>&1 2>$null 3>$null 4>$null 6>$null }; Expected = 'output a1', 'debug e1', 'output h1' }
        @{ Name = '6>&1'; Call = { 1 | Invoke-ParallelOrchestration $args[0] 6>&1 2>$null 3>$null }; Expected = 'output a1', 'information f1', 'information g1', 'output h1' }
        @{ Name = '2>file'; Call = { 1 | Invoke-ParallelOrchestration $args[0] 2>"$TestDrive/e" 3>$null 6>$null; (Get-Content "$TestDrive/e" -Raw) -match 'b1' }; Expected = 'output a1', 'output h1', 'output True' }
    ) {
        & $Call $everything | Get-StreamText | Should -Be $Expected
    }

    It 'fill the variables of the common parameters' {
        $parameters = @{
            ErrorVariable = 'errorsSeen'; WarningVariable = 'warningsSeen'; InformationVariable = 'informationSeen'; OutVariable = 'outputSeen'
            ErrorAction = 'SilentlyContinue'; WarningAction = 'SilentlyContinue'; InformationAction = 'SilentlyContinue'
        }
        $found = 1 | Invoke-ParallelOrchestration @parameters $everything
        $found | Should -Be 'a1', 'h1'
        $outputSeen | Should -Be 'a1', 'h1'
        $errorsSeen.ForEach({ "$_" }) | Should -Be 'b1'
        $warningsSeen.ForEach({ "$_" }) | Should -Be 'c1'
        $informationSeen.ForEach({ "$_" }) | Should -Be 'f1', 'g1'
    }

    It 'work with -PipelineVariable' {
        1..3 | Invoke-ParallelOrchestration -Ordered { $_ * 10 } -PipelineVariable tens | ForEach-Object { "$tens/$_" } |
            Should -Be '10/10', '20/20', '30/30'
    }

    It 'work with -OutBuffer' {
        1..5 | Invoke-ParallelOrchestration -Ordered { $_ } -OutBuffer 2 | Should -Be 1, 2, 3, 4, 5
    }

    It 'write <Stream> if the caller wants it, whether or not the item says so: inside <Inside>, outside <Outside>' -ForEach @(
        foreach ($stream in 'Verbose', 'Debug') {
            foreach ($inside in $false, $true) {
                foreach ($outside in $false, $true) {
                    @{ Stream = $stream; Inside = $inside; Outside = $outside }
                }
            }
        }
    ) {
        $item = [scriptblock]::Create("Write-$Stream text $($Inside ? "-$Stream" : '')")
        $wanted = @{ $Stream = $Outside }
        $found = 1 | Invoke-ParallelOrchestration $item @wanted *>&1 | Get-StreamText
        $found | Should -Be ($Outside ? "$($Stream.ToLower()) text" : $null)
    }

    It 'obey the preferences of the caller' {
        & {
            $WarningPreference = 'SilentlyContinue'
            $InformationPreference = 'Continue'
            $VerbosePreference = 'Continue'
            1 | Invoke-ParallelOrchestration { Write-Warning w; Write-Verbose v -Verbose; 'o' } *>&1 | Get-StreamText
        } | Should -Be 'verbose v', 'output o'
    }

    It 'obey a preference that the item sets for itself' {
        1 | Invoke-ParallelOrchestration { $WarningPreference = 'SilentlyContinue'; Write-Warning w; $ErrorActionPreference = 'Ignore'; Write-Error e; 'o' } *>&1 |
            Get-StreamText | Should -Be 'output o'
    }

    It 'do not ask when the preference of the caller says Inquire' {
        & {
            $WarningPreference = 'Inquire'
            1 | Invoke-ParallelOrchestration { Write-Warning w; 'o' } *>&1 | Get-StreamText
        } | Should -Be 'warning w', 'output o'
    }

    It 'end the call at the first error under -ErrorAction Stop' {
        { 1..100 | Invoke-ParallelOrchestration -ThrottleLimit 2 -ErrorAction Stop { Write-Error "e$_" -ErrorId Mine } } |
            Should -Throw -ErrorId 'Mine*'
    }

    It 'end the call at the first error under $ErrorActionPreference = Stop, which can be caught' {
        & {
            $ErrorActionPreference = 'Stop'
            try { 'x' | Invoke-ParallelOrchestration { throw 'boom' }; 'not here' } catch { "caught $_" }
        } | Should -Be 'caught boom'
    }

    It 'leave $? false after an error, and true without one' {
        1 | Invoke-ParallelOrchestration { Write-Error e } 2>$null
        $? | Should -BeFalse
        1 | Invoke-ParallelOrchestration { $null = 1 }
        $? | Should -BeTrue
    }

    It 'put errors into $Error, and with -ErrorAction Ignore do not' {
        $Error.Clear()
        1..3 | Invoke-ParallelOrchestration { Write-Error "e$_" } 2>$null
        $Error.Count | Should -Be 3
        1..3 | Invoke-ParallelOrchestration { Write-Error "e$_" } -ErrorAction Ignore
        $Error.Count | Should -Be 3
    }

    It 'carry Write-Host with its text, colour and tag to stream 6' {
        $found = 1 | Invoke-ParallelOrchestration { Write-Host 'text' -ForegroundColor Red -NoNewline } 6>&1
        $found.MessageData.Message | Should -Be 'text'
        $found.MessageData.ForegroundColor | Should -Be 'Red'
        $found.MessageData.NoNewLine | Should -BeTrue
        $found.Tags | Should -Be 'PSHOST'
    }

    It 'carry an information record with its object and tags' {
        $found = 1 | Invoke-ParallelOrchestration { Write-Information ([pscustomobject]@{ A = 1 }) -Tags t1, t2 } 6>&1
        $found.MessageData.A | Should -Be 1
        $found.Tags | Should -Be 't1', 't2'
    }

    It 'carry progress records' {
        $session = Start-Session { 1 | Invoke-ParallelOrchestration { Write-Progress -Id 7 -Activity 'act' -Status 'half' -PercentComplete 50; 'done' } }
        $progress = $session.Shell.Streams.Progress
        Wait-Session $session | Should -Be 'done'
        $record = @($progress | Where-Object Activity -EQ act)
        $record.Count | Should -Be 1
        "$($record.ActivityId) $($record.StatusDescription) $($record.PercentComplete)" | Should -Be '7 half 50'
    }

    It 'carry what native programs write: output as lines, error text as errors' {
        1 | Invoke-ParallelOrchestration {
            if ($IsWindows) { cmd /c '(echo out) & (echo err)>&2 & exit 3' } else { sh -c 'echo out; echo err >&2; exit 3' }
            "code $LASTEXITCODE"
        } 2>&1 | Get-StreamText | Sort-Object | Should -Be 'error err', 'output code 3', 'output out'
    }

    It 'merge and redirect inside the item as anywhere' {
        1 | Invoke-ParallelOrchestration { $all = & { 'o'; Write-Error e; Write-Warning w } *>&1; $all.Count; Write-Error lost 2>$null } |
            Should -Be 3
    }
}

Describe 'Output while items still run' {
    It 'reaches the next command when it is written, not when its item ends' {
        $found = Invoke-WithLimit {
            $seen = [Threading.ManualResetEventSlim]::new()
            1 | Invoke-ParallelOrchestration { 'first'; ($using:seen).Wait(30000) } |
                ForEach-Object { if ($_ -eq 'first') { $seen.Set() }; $_ }
        }
        $found | Should -Be 'first', $true
    }

    It 'reaches it for stream <_> too' -ForEach 'Error', 'Warning', 'Information' {
        $found = Invoke-WithLimit {
            param($Stream)
            $seen = [Threading.ManualResetEventSlim]::new()
            1 | Invoke-ParallelOrchestration { & "Write-$using:Stream" 'first'; ($using:seen).Wait(30000) } *>&1 |
                ForEach-Object { if ("$_" -eq 'first') { $seen.Set() }; "$_" }
        } $_
        $found | Should -Be 'first', 'True'
    }

    It 'reaches it while another item has not ended' {
        $found = Invoke-WithLimit {
            $seen = [Threading.ManualResetEventSlim]::new()
            1, 2 | Invoke-ParallelOrchestration -ThrottleLimit 2 { if ($_ -eq 1) { ($using:seen).Wait(30000) } else { 'two' } } |
                ForEach-Object { if ($_ -eq 'two') { $seen.Set() }; $_ }
        }
        $found | Should -Be 'two', $true
    }

    It 'reaches it while input still comes' {
        $found = Invoke-WithLimit {
            $seen = [Threading.ManualResetEventSlim]::new()
            $until = [datetime]::UtcNow.AddSeconds(30)
            & { while (-not $seen.IsSet -and [datetime]::UtcNow -lt $until) { 1; Start-Sleep -Milliseconds 1 } } |
                Invoke-ParallelOrchestration { $_ } | ForEach-Object { $seen.Set() }
            $seen.IsSet
        }
        $found | Should -BeTrue
    }
}
