# Feature: -ErrorAction and the other common parameters, on the cmdlet and on ForEach-Object -Parallel.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'The common parameters' {
    It 'work on <_>' -ForEach 'Invoke-ParallelOrchestration', 'ForEach-Object -Parallel' {
        Invoke-WithLimit -ArgumentList $_ {
            param($Call)
            Enable-ParallelForEachObject
            $block = 'Write-Error e; Write-Warning w; Write-Information i; Write-Progress p; "out $_"'
            $quiet = '-ErrorAction SilentlyContinue -WarningAction Ignore -InformationAction Ignore -ProgressAction Ignore'
            & ([scriptblock]::Create("1 | $Call { $block } $quiet -ErrorVariable errors -OutVariable output -PipelineVariable item | ForEach-Object { `"item `$item`" }; `"`$errors, `$output`"")) *>&1
            try { & ([scriptblock]::Create("1 | $Call { Write-Error 'stop here' } -ErrorAction Stop")) } catch { "caught $_" }
        } | Should -Be 'item out 1', 'e, out 1', 'caught stop here'
    }
}
