# Feature: items run in the language mode of the caller.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'The language mode of items' {
    It 'is that of the caller: <_>' -ForEach 'FullLanguage', 'ConstrainedLanguage' {
        $shell = New-Shell $_
        try {
            $shell.AddScript('1 | Invoke-ParallelOrchestration { "$($ExecutionContext.SessionState.LanguageMode)"; $null = [IO.File]::Exists("/") }').Invoke() | Should -Be $_
            $expected = if ($_ -eq 'ConstrainedLanguage') { 'MethodInvocationNotSupportedInConstrainedLanguage' }
            $shell.Streams.Error.FullyQualifiedErrorId | Should -Be $expected
        } finally { Remove-Shell $shell }
    }
}
