# Feature: $using:x.y[0] and $using:x['k'].
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'A member or an element behind $using:' {
    It 'is read as it stands there' {
        Invoke-WithLimit {
            $site = @{ servers = @([pscustomobject]@{ Name = 'alpha' }, [pscustomobject]@{ Name = 'beta' }); 'a key' = 'value' }
            1 | Invoke-ParallelOrchestration { $using:site.servers[1].Name; $using:site['a key']; $using:site.servers.Count }
        } | Should -Be 'beta', 'value', 2
    }
}
