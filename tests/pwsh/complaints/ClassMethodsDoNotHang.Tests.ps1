# P#12801, P#24966, P#17806, P#4003, P#3651: methods of PowerShell classes hang or give wrong results.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'A method of a class of the caller' {
    It 'gives right, distinct values from many workers' {
        $numbers = Invoke-WithLimit {
            Invoke-Expression 'class OeComplaintCounter { [int] $Value; [int] Next() { return ++$this.Value } }'
            $counter = [OeComplaintCounter]::new()
            1..200 | Invoke-ParallelOrchestration -ThrottleLimit 8 { ($using:counter).Next() }
        }
        $numbers | Sort-Object | Should -Be (1..200)
    }
}
