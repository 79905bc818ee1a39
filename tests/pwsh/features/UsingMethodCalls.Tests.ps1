# Feature: methods of a $using: value, in parentheses; without them PowerShell itself cannot read the script.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'A method of a value behind $using:' {
    It 'is called in parentheses' {
        Invoke-WithLimit {
            $text = 'abc'
            1 | Invoke-ParallelOrchestration { ($using:text).ToUpper(); "$(($using:text).Substring(1))" }
        } | Should -Be 'ABC', 'bc'
    }
}
