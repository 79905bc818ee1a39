# Features: the kind of the command, and the parameters of the peers, each with what does the same here.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'A parameter of a peer' {
    It 'has a counterpart: <Peer>' -ForEach @(
        @{ Peer = 'ForEach-Object -Parallel'; Ours = 'ScriptBlock', 'InputObject', 'ThrottleLimit', 'TimeoutSeconds', 'AsJob', 'UseNewRunspace' }
        @{ Peer = 'Start-ThreadJob: Name, InitializationScript'; Ours = 'JobName', 'Begin' }
        @{ Peer = 'PoshRSJob: Batch, Throttle, Modules, Functions, Variables'; Ours = 'JobName', 'Throttle', 'ImportModule', 'ImportFunction', 'ImportVariable' }
        @{ Peer = 'Invoke-Parallel: Throttle, RunspaceTimeout, MaxQueue, LogFile, Import...'; Ours = 'Throttle', 'ItemTimeoutSeconds', 'QueueCapacity', 'Log', 'ImportAll' }
        @{ Peer = 'PSParallelPipeline: Functions, Variables, ModuleNames, ModulePaths'; Ours = 'ImportFunction', 'ImportVariable', 'ImportModule' }
        @{ Peer = 'Split-Pipeline: Begin, End, Finally, Count, Order, Refill, Load, Filter, ApartmentState'
            Ours = 'Begin', 'End', 'Finally', 'ThrottleLimit', 'Ordered', 'Refill', 'BatchSize', 'Filter', 'ApartmentState'
        }
        @{ Peer = 'Build-Parallel: Result, Timeout, MaximumBuilds, FailHard'; Ours = 'PassThru', 'TimeoutSeconds', 'ThrottleLimit', 'StopOnError' }
    ) {
        $command = Get-Command Invoke-ParallelOrchestration
        $command.CommandType | Should -Be Cmdlet
        $known = $command.Parameters.Values | ForEach-Object { $_.Name; $_.Aliases }
        $Ours | Where-Object { $_ -notin $known } | Should -BeNullOrEmpty
    }

    It 'of ForEach-Object is in the drop-in as well' {
        $ours, $theirs = Invoke-WithLimit {
            $theirs = "$((Get-Command ForEach-Object).Parameters.Keys | Sort-Object)"
            Enable-ParallelForEachObject
            "$((Get-Command ForEach-Object).Parameters.Keys | Sort-Object)", $theirs
        }
        $ours | Should -Be $theirs
    }

    It 'for a script file is its block: -FilePath, -ScriptFile' {
        Set-Content TestDrive:/script.ps1 '"$_ in $(Split-Path -Leaf $PSCommandPath) $using:more"'
        $more = 'with more'
        1, 2 | Invoke-ParallelOrchestration -Ordered (Get-Command TestDrive:/script.ps1).ScriptBlock |
            Should -Be '1 in script.ps1 with more', '2 in script.ps1 with more'
    }
}
