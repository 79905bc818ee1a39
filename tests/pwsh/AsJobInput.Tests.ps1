# What a job cannot take is refused when it is made; nothing hangs later.
BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')
    $cmdlet = 'OrchestrationEngine.PowerShell.Cmdlets.InvokeParallelOrchestrationCommand'
}

AfterAll {
    Get-Job | Where-Object { $_.GetType().Name -eq 'OrchestrationJob' } | Remove-Job -Force
}

Describe 'Input of a job' -Tag Semantics {
    It 'that is a script block is refused, and the others run' {
        $job = 1, { 'block' }, 3 | Invoke-ParallelOrchestration -AsJob { "o$_" } -ErrorVariable errors -ErrorAction SilentlyContinue
        $errors.FullyQualifiedErrorId | Should -Be "ParallelPipedInputObjectCannotBeScriptBlock,$cmdlet"
        $null = Wait-Job $job -Timeout 60
        "$($job.State) $($job.ChildJobs.Count)" | Should -Be 'Completed 2'
        $job | Receive-Job | Should -Be o1, o3
    }

    It 'is made into items as without -AsJob: -BatchSize and -Filter' {
        $job = 1..7 | Invoke-ParallelOrchestration -AsJob -BatchSize 2 -Filter { $_ -ne 4 } { "$_" }
        $null = Wait-Job $job -Timeout 60
        $job.ChildJobs.Count | Should -Be 3
        $job | Receive-Job | Should -Be '1 2', '3 5', '6 7'
    }

    It 'is not kept once its item has run' {
        $fresh = Invoke-Fresh @'
function New-Garbage {
    $object = [object]::new()
    $references.Add([WeakReference]::new($object))
    , $object
}
$references = [Collections.Generic.List[WeakReference]]::new()
function Start-Garbage { & { New-Garbage; New-Garbage } | Invoke-ParallelOrchestration -AsJob -ThrottleLimit 1 { $null = $_ } }
$job = Start-Garbage
$null = Wait-Job $job -Timeout 30
1..8 | Invoke-ParallelOrchestration -ThrottleLimit 8 { $_ } | Out-Null
Clear-OrchestrationPool
foreach ($time in 1..20) { [GC]::Collect(); [GC]::WaitForPendingFinalizers(); if (-not $references.IsAlive.Contains($true)) { break }; Start-Sleep -Milliseconds 50 }
$references.IsAlive
"$($job.State)"
'@
        $fresh.Output | Should -Be False, False, Completed
    }
}

Describe 'An instance of a PowerShell class' {
    BeforeAll {
        # By text, so that each session has a class of its own.
        $define = 'class Bound { [string] Say() { return "said" } }; [NoRunspaceAffinity()] class Free { [string] Say() { return "said" } }; '
    }

    It 'is refused as an item, with the attribute that helps' {
        $found = Invoke-WithLimit -ArgumentList $define {
            param($define)
            . ([scriptblock]::Create($define + '$bound = [Bound]::new()'))
            $job = $bound, 'text', @{ Key = $bound } | Invoke-ParallelOrchestration -AsJob { "got $_" } -ErrorVariable errors -ErrorAction SilentlyContinue
            $null = Wait-Job $job -Timeout 30
            $job | Receive-Job
            $errors | ForEach-Object { $_.FullyQualifiedErrorId -replace ',.*'; $_.ErrorDetails.RecommendedAction }
        }
        $advice = 'Write [NoRunspaceAffinity()] before the class if its methods may run on any thread, or leave -AsJob out.'
        $found | Should -Be 'got text', JobNeedsNoRunspaceAffinity, $advice, JobNeedsNoRunspaceAffinity, $advice
    }

    It 'is refused as a $using: value, and no job is made' {
        $found = Invoke-WithLimit -ArgumentList $define {
            param($define)
            . ([scriptblock]::Create($define + '$bound = [Bound]::new()'))
            try { 1 | Invoke-ParallelOrchestration -AsJob { ($using:bound).Say() } }
            catch { $_.FullyQualifiedErrorId -replace ',.*'; "$_" }
            @(Get-Job).Count
        }
        $found[0] | Should -Be JobNeedsNoRunspaceAffinity
        $found[1] | Should -BeLike '$using:bound is or holds an instance of a PowerShell class without *'
        $found[2] | Should -Be 0
    }

    It 'is welcome with [NoRunspaceAffinity()]' {
        $found = Invoke-WithLimit -ArgumentList $define {
            param($define)
            . ([scriptblock]::Create($define + '$free = [Free]::new()'))
            $job = $free | Invoke-ParallelOrchestration -AsJob { $_.Say(); ($using:free).Say() }
            $null = Wait-Job $job -Timeout 30
            $job | Receive-Job
        }
        $found | Should -Be said, said
    }
}

Describe 'A call that cannot be a job' {
    It 'is refused: <Name>' -ForEach @(
        @{ Name = '-Refill'; Call = { 1 | Invoke-ParallelOrchestration -AsJob -Refill { } }; Id = 'ParameterNotForJobs' }
        @{ Name = '-InputScript'; Call = { Invoke-ParallelOrchestration -AsJob -InputScript { 1 } { } }; Id = 'ParameterNotForJobs' }
        @{ Name = '-RetryOn'; Call = { 1 | Invoke-ParallelOrchestration -AsJob -RetryCount 1 -RetryOn { $true } { } }; Id = 'ParameterNotForJobs' }
        @{ Name = 'an undefined $using:'; Call = { 1 | Invoke-ParallelOrchestration -AsJob { $using:notThere } }; Id = 'UsingVariableIsUndefined' }
        @{ Name = 'a script block in $using:'; Call = { $script = { 1 }; 1 | Invoke-ParallelOrchestration -AsJob { $using:script } }; Id = 'ParallelUsingVariableCannotBeScriptBlock' }
    ) {
        $before = @(Get-Job).Count
        $Call | Should -Throw -ErrorId "$Id,$cmdlet"
        @(Get-Job).Count | Should -Be $before
    }

    It 'that an earlier command ends makes no job' {
        $before = @(Get-Job).Count
        { & { 1; throw 'upstream' } | Invoke-ParallelOrchestration -AsJob { } } | Should -Throw 'upstream'
        @(Get-Job).Count | Should -Be $before
    }
}
