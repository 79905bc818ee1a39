# What the README shows is what PowerShell prints, and what it lists is what there is.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute(
    'PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Pester reads them in other blocks.')]
param()

BeforeDiscovery {
    $readme = Get-Content -Raw (Join-Path $PSScriptRoot '../../README.md')
    $pattern = '(?ms)^```powershell\r?\n(?<code>[^`]*)^```\r?\n```text\r?\n(?<output>[^`]*)^```'
    $examples = @([regex]::Matches($readme, $pattern) | ForEach-Object {
            $code = $_.Groups['code'].Value
            @{ FirstLine = ($code -split '\r?\n')[0]; Code = $code; Output = $_.Groups['output'].Value }
        })
    $links = @([regex]::Matches($readme, '\]\((?!https?:)(?<path>[^)#]+)') | ForEach-Object { @{ Path = $_.Groups['path'].Value } })
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')
    $repository = Join-Path $PSScriptRoot '../..'
    $readme = Get-Content -Raw (Join-Path $repository 'README.md')

    # Times are the machine's, so any number of milliseconds is as good as another.
    function Get-Comparable([string] $Text) {
        (($Text -replace '[\d.,]+(?= ms\b)', '#') -split '\r?\n' | ForEach-Object TrimEnd) -join "`n" |
            ForEach-Object { $_.Trim("`n") }
    }

    function Get-Section([string] $Title) {
        [regex]::Match($readme, "(?ms)^## $([regex]::Escape($Title))\s*`$(.*?)(?=^## |\z)").Groups[1].Value
    }
}

Describe 'The README' {
    It 'shows five promises and three runs of tasks, each with its output' -ForEach @{ Found = $examples.Count } {
        $Found | Should -Be 8
    }

    It 'says how to begin before anything else' {
        $readme | Should -Match '\A# OrchestrationEngine\s+```\s+\./quickstart\.sh .*\s+\./test\.sh '
    }

    It 'begins with a script that refuses a folder which is not there before it builds' {
        if ($IsWindows) { Set-ItResult -Skipped -Because "quickstart.ps1 is for Windows"; return }
        $said = & bash (Join-Path $repository 'quickstart.sh') (Join-Path $TestDrive 'nowhere') 2>&1
        $LASTEXITCODE | Should -Be 1
        "$said" | Should -Be "!! There is no folder '$(Join-Path $TestDrive 'nowhere')'. !! What to do: ./quickstart.sh [FOLDER …]; without any it hashes this repository."
    }

    It 'lists the parameters of the cmdlet and no others' {
        $listed = [regex]::Matches((Get-Section 'Parameters of Invoke-ParallelOrchestration'), '(?m)^\| `(\w+)`')
        $common = [System.Management.Automation.Cmdlet]::CommonParameters
        $expected = (Get-Command Invoke-ParallelOrchestration).Parameters.Keys | Where-Object { $_ -notin $common }
        @($listed | ForEach-Object { $_.Groups[1].Value } | Sort-Object) | Should -Be @($expected | Sort-Object)
    }

    It 'has a row for each measure of the bench, and names the machine' {
        $measured = Get-Section 'Measured'
        # A title of the bench, as far as it is not filled in when it runs.
        $bench = Get-Content -Raw (Join-Path $repository 'benches/parallel.ps1')
        $titles = [regex]::Matches($bench, "(?m)^ +\`$?[Mm]easure += ['`"](?<start>[^'`"{`$]+)") |
            ForEach-Object { $_.Groups['start'].Value.Trim(' ,') }
        $titles.Count | Should -BeGreaterThan 5
        foreach ($title in $titles) { $measured | Should -BeLike "*| $title*" }
        $measured | Should -Match 'PowerShell \d+\.\d+'
        $measured | Should -Not -Match '\| NO +\|'
    }

    It 'links to <Path>, which is there' -ForEach $links {
        Join-Path $repository $Path | Should -Exist
    }
}

Describe 'The promise that begins with "<FirstLine>"' -ForEach $examples {
    It 'is kept to the letter' {
        # Nothing of the repository's own is written.
        $fresh = Invoke-Fresh -LimitSeconds 300 "`$env:OE_STATE = '$((Get-Item TestDrive:/).FullName)/state'`n& {`n$Code`n} | Out-String -Width 120"
        $fresh.ErrorText | Should -BeNullOrEmpty
        Get-Comparable ($fresh.Output -join "`n") | Should -Be (Get-Comparable $Output)
    }
}
