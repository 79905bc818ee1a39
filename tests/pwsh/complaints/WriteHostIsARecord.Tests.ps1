# SplitPipeline#25: Write-Host is not in the transcript, for it goes past the streams.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'Write-Host in an item' {
    It 'is an information record of the call' {
        $output = 1 | Invoke-ParallelOrchestration { Write-Host 'hello' } 6>&1
        $output.MessageData.Message | Should -Be 'hello'
    }
}
