# -ImportVariable brings variables of the caller into the items, by reference.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidGlobalVars', '', Justification = 'What outlives an item is tested')]
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Items read them')]
param()

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')
    $cmdlet = 'OrchestrationEngine.PowerShell.Cmdlets.InvokeParallelOrchestrationCommand'
    $oeOne = 'one'
    $oeTwo = 2
    $oeNothing = $null
}

AfterAll { Clear-OrchestrationPool }

Describe '-ImportVariable' {
    It 'makes variables of the caller known in the items' {
        1, 2 | Invoke-ParallelOrchestration -Ordered -ImportVariable oeOne, OETWO { "$_ $oeOne $oeTwo" } | Should -Be '1 one 2', '2 one 2'
    }

    It 'is needed for that, also after a call that had them' {
        1..4 | Invoke-ParallelOrchestration -ThrottleLimit 1 -ImportVariable oeOne { $oeOne } | Should -Be one, one, one, one
        1..4 | Invoke-ParallelOrchestration -ThrottleLimit 1 { "$oeOne" } | Should -Be '', '', '', ''
    }

    It 'takes wildcards, and one that fits nothing' {
        1 | Invoke-ParallelOrchestration -ImportVariable oeO*, oeT*, oeZ* { "$oeOne $oeTwo" } | Should -Be 'one 2'
    }

    It 'takes a variable that is $null' {
        1 | Invoke-ParallelOrchestration -ImportVariable oeNothing { "$((Get-Variable oeNothing).Value)|" } | Should -Be '|'
    }

    It 'passes objects by reference' {
        $oeBag = [Collections.Concurrent.ConcurrentBag[int]]::new()
        1..3 | Invoke-ParallelOrchestration -ImportVariable oeBag { $oeBag.Add($_) }
        $oeBag | Sort-Object | Should -Be 1, 2, 3
    }

    It 'gives each item the value of the caller, whatever the one before has set' {
        1..3 | Invoke-ParallelOrchestration -ThrottleLimit 1 -ImportVariable oeTwo { $oeTwo; $oeTwo = 5; $global:oeTwo = 6 } | Should -Be 2, 2, 2
        $oeTwo | Should -Be 2
    }

    It 'follows the variable from call to call' {
        foreach ($oeCurrent in 1..3) { 'x' | Invoke-ParallelOrchestration -ImportVariable oeCurrent { $oeCurrent } | Should -Be $oeCurrent }
    }

    It 'is seen by imported functions, -Begin and -End' {
        function Get-OeOne { $oeOne }
        1 | Invoke-ParallelOrchestration -ThrottleLimit 1 -ImportVariable oeOne -ImportFunction Get-OeOne -Begin { "begin $oeOne" } -End { "end $oeOne" } { Get-OeOne } |
            Should -Be 'begin one', 'one', 'end one'
    }

    It 'runs items with an object of a class of the caller one at a time, to the end' {
        class OeCounter { [int] $Count; [void] Add() { $this.Count++ } }
        $oeCounter = [OeCounter]::new()
        1..20 | Invoke-ParallelOrchestration -ThrottleLimit 4 -ImportVariable oeCounter { $oeCounter.Add() }
        $oeCounter.Count | Should -Be 20
    }
}

Describe 'A variable that cannot be imported' {
    It 'is refused with its name, if it is <Name>' -ForEach @(
        @{ Name = 'not there'; Variable = 'oeOnee'; Id = 'ImportVariableNotFound'; Message = "There is no variable 'oeOnee' to import. Did you mean 'oeOne'?" }
        @{ Name = "PowerShell's own"; Variable = 'Error'; Id = 'ImportVariableNotSupported'; Message = "The variable 'Error' is PowerShell's own, and each runspace has its own value." }
        @{ Name = 'a script block'; Variable = 'oeBlock'; Id = 'ParallelUsingVariableCannotBeScriptBlock'; Message = "The variable 'oeBlock' holds a script block, which cannot be used in another runspace than its own." }
    ) {
        $oeBlock = { 1 }
        $failure = { 1 | Invoke-ParallelOrchestration -ImportVariable $Variable { 'ran' } } | Should -Throw -ErrorId "$Id,$cmdlet" -PassThru
        $failure.Exception.Message | Should -Be $Message
        $failure.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }
}

Describe '-ImportVariable of a job' {
    It 'brings the variable into its items' {
        1, 2 | Invoke-ParallelOrchestration -AsJob -ImportVariable oeOne { "$_ $oeOne" } | Receive-Job -Wait -AutoRemoveJob | Sort-Object | Should -Be '1 one', '2 one'
    }

    It 'refuses an object of a class of the caller, as $using: does' {
        class OeJobCounter { [int] $Count; [void] Add() { $this.Count++ } }
        $oeCounter = [OeJobCounter]::new()
        $usingId = ({ 1 | Invoke-ParallelOrchestration -AsJob { $using:oeCounter } } | Should -Throw -PassThru).FullyQualifiedErrorId
        { 1 | Invoke-ParallelOrchestration -AsJob -ImportVariable oeCounter { $oeCounter } } | Should -Throw -ErrorId $usingId
    }
}
