# Runs commands with values from its input, and reads texts with PowerShell's parser.
using namespace System.Management.Automation.Language
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $false

$script:shown = [System.Text.StringBuilder]::new()
function Show-Word {
    foreach ($word in $args) { $null = $script:shown.Append("$word|") }
    foreach ($word in $args) { "$word|" }
}

# The values that are no variables for the parser, or stand where one names what runs.
function Find-Fault([string] $text, [int] $count) {
    $tokens = $faults = $null
    $tree = [Parser]::ParseInput($text, [ref] $tokens, [ref] $faults)
    if ($faults.Count) { return $null }
    $isValue = {
        param($it)
        $it -is [VariableExpressionAst] -and $it.VariablePath.UserPath -match '^(using:)?OE_VALUE_\d+$'
    }
    $found = @($tree.FindAll($isValue, $true))
    if ($found.Count -ne $count) { return "$($found.Count) of $count are variables" }
    foreach ($value in $found) {
        for ($it = $value; $it; $it = $it.Parent) {
            $above = $it.Parent
            if ($above -is [CommandAst] -and $it -eq $above.CommandElements[0] -and $it -isnot [ScriptBlockExpressionAst]) {
                return 'it names a command'
            }
            if ($above -is [MemberExpressionAst] -and $it -eq $above.Member) { return 'it names a member' }
            if ($above -is [FileRedirectionAst]) { return 'it names a file to write to' }
            if ($above -is [CommandAst] -and $above.GetCommandName() -in 'iex', 'Invoke-Expression') { return 'it is code' }
            if ($it -is [ScriptBlockExpressionAst]) { break }
        }
    }
    ''
}

$question = [Console]::In.ReadToEnd() | ConvertFrom-Json
$rows = foreach ($position in $question.positions) {
    $block = [scriptblock]::Create($position.text)
    $arrived = 0
    $first = $null
    foreach ($value in $question.values) {
        foreach ($number in 1..$position.count) { Set-Variable "OE_VALUE_$number" $value }
        $null = $script:shown.Clear()
        if (Test-Path shown) { Remove-Item shown }
        $null = & $block
        $found = (Test-Path shown) ? [System.IO.File]::ReadAllText("$PWD/shown") : "$($script:shown)"
        $expected = $position.expected.Replace([string] [char] 0xfffc, $value)
        if ([string]::Equals($found, $expected, 'Ordinal')) { $arrived++ }
        elseif ($null -eq $first) { $first = @{ value = $value; found = $found; expected = $expected } }
    }
    @{ arrived = $arrived; first = $first; text = $position.text }
}
$valid = 0
$wrong = foreach ($text in $question.texts) {
    $fault = Find-Fault $text.text $text.count
    if ($null -eq $fault) { continue }
    $valid++
    if ($fault) { "$($text.from) => $($text.text): $fault" }
}
if ($question.positions) { '' > shown }
@{ rows = @($rows); valid = $valid; wrong = @($wrong) } | ConvertTo-Json -Depth 5 -Compress
