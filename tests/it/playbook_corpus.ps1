# Writes one line of JSON for each psd1 file below $env:OE_CORPUS: its data, and the
# keys of every hashtable in it in the order in which they are written.
$ErrorActionPreference = 'Stop'
[Console]::OutputEncoding = [System.Text.UTF8Encoding]::new($false)

function ConvertTo-Plain($Value) {
    if ($Value -is [scriptblock]) {
        return @{ 'script block' = Get-Script $Value }
    }
    if ($Value -is [System.Collections.IDictionary]) {
        $plain = @{}
        foreach ($key in $Value.Keys) {
            $plain[[string]$key] = ConvertTo-Plain $Value[$key]
        }
        return $plain
    }
    if ($Value -is [array]) {
        # Not `@($items)` of them later: of one item that is a list, that is the list.
        $items = @(foreach ($item in $Value) { , (ConvertTo-Plain $item) })
        return , $items
    }
    return $Value
}

# The text between the braces. Import-PowerShellDataFile makes a script of a block with
# its braces, so that one is not in anything.
function Get-Script($Block) {
    $text = $Block.ToString()
    if ($null -eq $Block.Ast.Parent) { $text.Substring(1, $text.Length - 2) } else { $text }
}

# Import-PowerShellDataFile refuses environment variables. The same rules, with these
# allowed: no command, no other variable.
function Read-Data($Path) {
    try {
        return Import-PowerShellDataFile -LiteralPath $Path
    } catch {
        $block = [scriptblock]::Create([System.IO.File]::ReadAllText($Path))
        $block.CheckRestrictedLanguage([string[]]@(), [string[]]@(), $true)
        return & $block
    }
}

function Get-KeyList($Path) {
    $ast = [System.Management.Automation.Language.Parser]::ParseFile($Path, [ref]$null, [ref]$null)
    $isTable = { $args[0] -is [System.Management.Automation.Language.HashtableAst] }
    $tables = $ast.FindAll($isTable, $false) | Sort-Object { $_.Extent.StartOffset }
    foreach ($table in $tables) {
        , @($table.KeyValuePairs | ForEach-Object { [string]$_.Item1.SafeGetValue() })
    }
}

foreach ($file in Get-ChildItem -LiteralPath $env:OE_CORPUS -Filter *.psd1) {
    [ordered]@{
        file = $file.Name
        data = ConvertTo-Plain (Read-Data $file.FullName)
        keys = @(Get-KeyList $file.FullName)
    } | ConvertTo-Json -Depth 100 -Compress
}
