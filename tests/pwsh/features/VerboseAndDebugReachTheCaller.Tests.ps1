# Feature: verbose and debug records of items, live and where a caller can catch them.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe '-Verbose and -Debug' {
    It 'show the records of the items, and are off otherwise' {
        $block = { 1 | Invoke-ParallelOrchestration { Write-Verbose 'v'; Write-Debug 'd' } @args *>&1 }
        & $block -Verbose -Debug | Get-StreamText | Should -Be 'verbose v', 'debug d'
        & $block | Should -BeNullOrEmpty
    }
}
