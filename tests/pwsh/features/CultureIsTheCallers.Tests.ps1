# Feature: items run in the culture of the caller.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'The culture of an item' {
    It 'is that of the caller' {
        Invoke-WithLimit {
            [cultureinfo]::CurrentCulture = 'de-DE'
            1..2 | Invoke-ParallelOrchestration -ThrottleLimit 1 { (1.5).ToString(); [cultureinfo]::CurrentCulture = 'en-US' }
        } | Should -Be '1,5', '1,5'
    }
}
