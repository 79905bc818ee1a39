# Invoke-Parallel#56, PSParallel#9: locals of modules and scripts are not found. Invoke-Parallel#38: one item with Stop kills all.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'A local variable' {
    It 'of a function in a module is found' {
        Invoke-WithLimit {
            $module = New-Module { function Invoke-OeCall { $local = 'of the function'; 1 | Invoke-ParallelOrchestration -ImportVariable local { $using:local; $local } } }
            & $module { Invoke-OeCall }
        } | Should -Be 'of the function', 'of the function'
    }

    It 'of a script is found' {
        Set-Content TestDrive:/local.ps1 '$local = "of the script"; 1 | Invoke-ParallelOrchestration { $using:local }'
        Invoke-WithLimit -ArgumentList "$TestDrive/local.ps1" { param($Path) & $Path } | Should -Be 'of the script'
    }
}

Describe '$ErrorActionPreference = "Stop" in an item' {
    It 'ends that item and no other' {
        Invoke-WithLimit {
            1..3 | Invoke-ParallelOrchestration -ThrottleLimit 1 { $ErrorActionPreference = 'Stop'; if ($_ -eq 2) { Write-Error 'no' }; "item $_" } 2>&1 | ForEach-Object { "$_" }
        } | Should -Be 'item 1', 'no', 'item 3'
    }
}
