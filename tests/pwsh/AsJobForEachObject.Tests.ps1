# ForEach-Object -Parallel -AsJob of this module gives the module's jobs.
BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')
}

Describe 'ForEach-Object -Parallel -AsJob' {
    It 'gives a job of the engine, as %, foreach and ForEach-Object' {
        Invoke-WithLimit {
            Enable-ParallelForEachObject
            foreach ($job in (1..3 | ForEach-Object -Parallel { $Host.Name } -AsJob), (1 | % -AsJob -Parallel { $_ }), (1 | foreach -AsJob -Parallel { $_ })) {
                $null = $job | Wait-Job -Timeout 30
                "$($job.GetType().Name) $($job.PSJobTypeName) $($job.State) $($job | Receive-Job)"
            }
        } | Should -Be 'OrchestrationJob PSTaskJob Completed OrchestrationEngine OrchestrationEngine OrchestrationEngine',
        'OrchestrationJob PSTaskJob Completed 1', 'OrchestrationJob PSTaskJob Completed 1'
    }

    It 'counts the runspaces: <Name>' -ForEach @(
        @{ Name = 'one an item with -UseNewRunspace'; Parameters = @{ UseNewRunspace = $true; ThrottleLimit = 2 }; Expected = 10 }
        @{ Name = 'shared ones without'; Parameters = @{ ThrottleLimit = 1 }; Expected = 1 }
    ) {
        Invoke-WithLimit -ArgumentList $Parameters {
            param($Parameters)
            Enable-ParallelForEachObject
            $job = 1..10 | ForEach-Object -Parallel { [runspace]::DefaultRunspace.InstanceId } -AsJob @Parameters
            $null = $job | Wait-Job -Timeout 30
            $job.AllocatedRunspaceCount
            @($job | Receive-Job | Sort-Object -Unique).Count
        } | Should -Be $Expected, $Expected
    }

    It 'keeps a time limit, which PowerShell refuses' {
        Invoke-WithLimit {
            Enable-ParallelForEachObject
            $job = 1..3 | ForEach-Object -Parallel { "o$_"; Start-Sleep -Seconds 600 } -AsJob -TimeoutSeconds 1 -ThrottleLimit 1
            $job | Receive-Job -Wait -ErrorAction SilentlyContinue
            "$($job.State): $($job.ChildJobs.State)"
        } | Should -Be o1, 'Failed: Failed Stopped Stopped'
    }

    It 'works with PowerShell classes only as far as it must not wait' {
        Invoke-WithLimit {
            Enable-ParallelForEachObject
            $made = & ([scriptblock]::Create('class Bound { [string] Say() { return "said" } }; [Bound]::new()'))
            try { 1 | ForEach-Object -Parallel { ($using:made).Say() } -AsJob } catch { $_.FullyQualifiedErrorId }
        } | Should -Be 'JobNeedsNoRunspaceAffinity,Microsoft.PowerShell.Commands.ForEachObjectCommand'
    }
}

Describe 'ForEach-Object -Parallel -AsJob with -Strict' {
    It 'refuses -TimeoutSeconds with the id that it always had' {
        Invoke-WithLimit {
            Enable-ParallelForEachObject -Strict
            try { 1 | ForEach-Object -Parallel { } -AsJob -TimeoutSeconds 0 } catch { $_.FullyQualifiedErrorId }
            @(Get-Job).Count
        } | Should -Be 'ParallelCannotUseTimeoutWithJob,Microsoft.PowerShell.Commands.ForEachObjectCommand', 0
    }

    It 'leaves items NotStarted that a stop has kept from running, as without the module' {
        $states = foreach ($module in $true, $false) {
            Invoke-WithLimit -ArgumentList $module {
                param($module)
                if ($module) { Enable-ParallelForEachObject -Strict }
                $started = [Threading.CountdownEvent]::new(2)
                $job = 1..4 | ForEach-Object -Parallel { $null = ($using:started).Signal(); Start-Sleep -Seconds 600 } -AsJob -ThrottleLimit 2
                $null = $started.Wait(30000)
                $job | Stop-Job
                $null = $job | Wait-Job -Timeout 30
                "$($job.State): $($job.ChildJobs.State)"
            }
        }
        $states | Should -Be 'Stopped: Stopped Stopped NotStarted NotStarted', 'Stopped: Stopped Stopped NotStarted NotStarted'
    }

    It 'says why an item failed as without the module' {
        $reasons = foreach ($module in $true, $false) {
            Invoke-WithLimit -ArgumentList $module {
                param($module)
                if ($module) { Enable-ParallelForEachObject -Strict }
                $job = 1 | ForEach-Object -Parallel { throw 'boom' } -AsJob
                $null = $job | Wait-Job -Timeout 30
                $reason = $job.ChildJobs[0].JobStateInfo.Reason
                "$($job.State) $($reason.GetType().Name) $($reason.Message)"
                $job | Receive-Job -ErrorVariable errors -ErrorAction SilentlyContinue
                $errors | ForEach-Object { "$($_.FullyQualifiedErrorId) $_" }
            }
        }
        $reasons[0, 1] | Should -Be 'Failed RuntimeException boom', 'JobStateFailed boom'
        $reasons[2, 3] | Should -Be $reasons[0, 1]
    }
}
