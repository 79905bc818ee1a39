# Feature: a script block behind $using: is refused, for it is unsafe in another runspace.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'A script block behind $using:' {
    It 'is refused before anything runs, with advice that works' {
        Invoke-WithLimit {
            $double = { param($n) $n * 2 }
            try { 1 | Invoke-ParallelOrchestration { 'ran'; & $using:double 21 } }
            catch { $_.FullyQualifiedErrorId -replace ',.*'; $_.ErrorDetails.RecommendedAction }
            $text = "$double"
            1 | Invoke-ParallelOrchestration { & ([scriptblock]::Create($using:text)) 21 }
        } | Should -Be @(
            'ParallelUsingVariableCannotBeScriptBlock'
            'Pass the text of the script block and make a new one of it inside, with [scriptblock]::Create().'
            42)
    }

    It 'is not needed for a function, which is imported' {
        Invoke-WithLimit {
            function Get-Double($Number) { $Number * 2 }
            21 | Invoke-ParallelOrchestration -ImportFunction Get-Double { Get-Double $_ }
        } | Should -Be 42
    }
}
