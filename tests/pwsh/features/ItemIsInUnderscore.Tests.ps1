# Feature: the item is $_ and $PSItem, $null items included.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'An item' {
    It 'is $_ and $PSItem, also $null after another one' {
        Invoke-WithLimit { 'first', $null, 'last' | Invoke-ParallelOrchestration -ThrottleLimit 1 { "<$_|$PSItem>" } } |
            Should -Be '<first|first>', '<|>', '<last|last>'
    }
}
