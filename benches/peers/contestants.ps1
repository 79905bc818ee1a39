# The ways to run a block for many items that peers.ps1 compares, each as a script block
# with the parameters $Items, $Block and $Limit that gives the block's output. One that has
# to be imported first says how; the peers are named by the environment, see ../peers.ps1.
@{
    'Invoke-ParallelOrchestration'           = @{
        Import = { param($path) Import-Module $path }
        Run    = { param($items, $block, $limit) $items | Invoke-ParallelOrchestration $block -ThrottleLimit $limit }
    }
    'Invoke-ParallelOrchestration -Stateful' = @{
        Import = { param($path) Import-Module $path }
        Run    = { param($items, $block, $limit) $items | Invoke-ParallelOrchestration $block -ThrottleLimit $limit -Stateful }
    }
    'ForEach-Object -Parallel'               = @{
        Run = { param($items, $block, $limit) $items | ForEach-Object -Parallel $block -ThrottleLimit $limit }
    }
    'Start-ThreadJob'                        = @{
        Import = { param($path) $null = $path; Import-Module Microsoft.PowerShell.ThreadJob }
        Run    = {
            param($items, $block, $limit)
            $text = [scriptblock]::Create("param(`$_) $block")
            $jobs = foreach ($item in $items) { Start-ThreadJob $text -ArgumentList $item -ThrottleLimit $limit }
            $jobs | Receive-Job -Wait -AutoRemoveJob
        }
    }
    # Its script is input of one pipeline a batch, and keeps state from item to item of a batch.
    'Split-Pipeline'                         = @{
        Import = { param($path) Import-Module $path }
        Run    = {
            param($items, $block, $limit)
            $items | Split-Pipeline ([scriptblock]::Create("process { $block }")) -Count $limit
        }
    }
    'Invoke-Parallel (PSParallelPipeline)'   = @{
        Import = { param($path) Import-Module $path }
        Run    = { param($items, $block, $limit) $items | Invoke-Parallel $block -ThrottleLimit $limit }
    }
    'Start-RSJob (PoshRSJob)'                = @{
        Import = { param($path) Import-Module $path }
        Run    = {
            param($items, $block, $limit)
            $jobs = $items | Start-RSJob -ScriptBlock $block -Throttle $limit
            $jobs | Wait-RSJob | Receive-RSJob
            $jobs | Remove-RSJob
        }
    }
    'Invoke-Parallel.ps1'                    = @{
        Import = { param($path) . $path }
        Run    = { param($items, $block, $limit) $items | Invoke-Parallel -ScriptBlock $block -Throttle $limit -Quiet }
    }
}
