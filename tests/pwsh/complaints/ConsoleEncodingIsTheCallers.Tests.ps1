# P#12622, P#26580: another console encoding in items garbles what native programs write.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'What a native program writes in an item' {
    BeforeAll {
        function Assert-Program([string] $Name) {
            if (-not (Get-Command $Name -CommandType Application -ErrorAction Ignore)) { Set-ItResult -Skipped -Because "there is no program '$Name' to write bytes with" }
        }
    }

    It 'is read in the encoding that the caller has set: <_>' -ForEach 'utf-8', 'iso-8859-1' {
        Assert-Program printf
        $before = [Console]::OutputEncoding
        $bytes = @{ 'utf-8' = '\303\251t\303\251'; 'iso-8859-1' = '\351t\351' }[$_]
        try {
            [Console]::OutputEncoding = [Text.Encoding]::GetEncoding($_)
            1..3 | Invoke-ParallelOrchestration { & (Get-Command printf -CommandType Application)[0] $using:bytes } | Should -Be 'été', 'été', 'été'
        } finally { [Console]::OutputEncoding = $before }
    }

    It 'is given in the encoding of $OutputEncoding, which comes along' {
        Assert-Program od
        Invoke-WithLimit {
            $OutputEncoding = [Text.Encoding]::Latin1
            1 | Invoke-ParallelOrchestration -ImportVariable OutputEncoding { "$('é' | od -An -tx1)".Trim() }
        } | Should -Be 'e9 0a'
    }
}
