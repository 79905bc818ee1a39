# Feature: exit, break and continue end their item and nothing else.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'An item that leaves by <_>' -ForEach 'exit 3', 'break', 'continue', 'return' {
    It 'ends alone, with its output and without an error or exit code' {
        Invoke-WithLimit -ArgumentList $_ {
            param($Leave)
            $global:LASTEXITCODE = 7
            $block = [scriptblock]::Create("`"item `$_`"; if (`$_ -eq 2) { $Leave }; `"after `$_`"")
            1..3 | Invoke-ParallelOrchestration -ThrottleLimit 1 $block 2>&1
            "code $LASTEXITCODE"
        } | Should -Be 'item 1', 'after 1', 'item 2', 'item 3', 'after 3', 'code 7'
    }
}
