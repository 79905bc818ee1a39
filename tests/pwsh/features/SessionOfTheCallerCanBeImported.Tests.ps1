# Feature: drives, classes, namespaces, strict mode, preferences and $PSScriptRoot of the caller, or a session state of its own.
BeforeAll {
    . (Join-Path $PSScriptRoot '../TestSetup.ps1')
    Set-Content TestDrive:/caller.ps1 @'
using namespace System.Text
class OeCallerPoint { [int] $X; [string] Text() { return "X is $($this.X)" } }
Set-StrictMode -Version Latest
$null = New-PSDrive OeHere FileSystem $PSScriptRoot
$WarningPreference = 'SilentlyContinue'
1 | Invoke-ParallelOrchestration -ImportAll -ErrorVariable failed -ErrorAction SilentlyContinue {
    [StringBuilder]::new('namespace').ToString()
    ([OeCallerPoint] @{ X = 5 }).Text()
    Test-Path OeHere:/caller.ps1
    Write-Warning 'not shown'
    Split-Path -Leaf $PSCommandPath
    $PSScriptRoot -eq $using:PSScriptRoot
    $unset
}
$failed.FullyQualifiedErrorId
'@
}

Describe 'The session of the caller' {
    It 'is there with -ImportAll' {
        Invoke-WithLimit -ArgumentList "$TestDrive/caller.ps1" { param($Path) & $Path 3>&1 } |
            Should -Be 'namespace', 'X is 5', $true, 'caller.ps1', $true, 'VariableIsUndefined'
    }

    It 'can be one that is made for the items' {
        Invoke-WithLimit {
            $state = [initialsessionstate]::CreateDefault2()
            $state.Variables.Add([Management.Automation.Runspaces.SessionStateVariableEntry]::new('OeMade', 'made', ''))
            1, 2 | Invoke-ParallelOrchestration -InitialSessionState $state { $OeMade }
        } | Should -Be 'made', 'made'
    }
}
