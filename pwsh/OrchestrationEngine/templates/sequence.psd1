# Items beside each other, and one that waits for them. Script = '0407' runs a script by its number instead.
@{
    Name        = '__NAME__'
    Description = 'What it is for'
    Version     = '1.0'

    Sequence    = @(
        @{ Name = 'first'; Command = 'Write-Output first'; Parallel = $true; Timeout = 300 }
        @{ Name = 'second'; Command = 'Write-Output second'; Parallel = $true; Timeout = 300 }
        @{ Name = 'summary'; Command = 'Write-Output done'; Dependencies = @('first', 'second') }
    )

    Options     = @{
        MaxConcurrency = 4
        StopOnError    = $true
    }
}
