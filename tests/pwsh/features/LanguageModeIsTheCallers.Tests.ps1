# Feature: items run in the language mode of the caller.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'The language mode of items' {
    It 'is that of the caller: <_>' -ForEach 'FullLanguage', 'ConstrainedLanguage' {
        $state = [initialsessionstate]::CreateDefault2()
        $state.ImportPSModule((Get-ModuleManifestPath))
        $shell = [powershell]::Create($state)
        try {
            $shell.Runspace.SessionStateProxy.LanguageMode = $_
            $shell.AddScript('1 | Invoke-ParallelOrchestration { "$($ExecutionContext.SessionState.LanguageMode)"; $null = [IO.File]::Exists("/") }').Invoke() | Should -Be $_
            $expected = if ($_ -eq 'ConstrainedLanguage') { 'MethodInvocationNotSupportedInConstrainedLanguage' }
            $shell.Streams.Error.FullyQualifiedErrorId | Should -Be $expected
        } finally { $shell.Runspace.Dispose(); $shell.Dispose() }
    }
}
