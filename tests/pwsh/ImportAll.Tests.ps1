# -ImportAll brings all of the caller's session that can be brought.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Items read them')]
param()

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')
}

Describe '-ImportAll' {
    BeforeAll {
        # In a session of its own: this one has all that Pester has loaded.
        function Invoke-InSession([string] $Script) {
            $shell = New-Shell
            try {
                $shell.AddScript($Script).Invoke()
                $shell.Streams.Error | ForEach-Object { "error: $_" }
            } finally { Remove-Shell $shell }
        }
    }

    AfterAll { Clear-OrchestrationPool }

    It 'brings functions, aliases and variables' {
        Invoke-InSession @'
            function Get-OeThing { "thing $oeValue" }
            Set-Alias oething Get-OeThing
            $oeValue = 5
            1, 2 | Invoke-ParallelOrchestration -Ordered -ImportAll { "$_ $(oething)" }
'@ | Should -Be '1 thing 5', '2 thing 5'
    }

    It 'leaves out script blocks and what PowerShell has in each runspace' {
        Invoke-InSession '$oeBlock = { 1 }; 1 | Invoke-ParallelOrchestration -ImportAll { "$($null -eq $oeBlock) $_" }' | Should -Be 'True 1'
    }

    It 'brings modules that PowerShell would not find by itself' {
        $path = Join-Path $TestDrive 'OeAll.psm1'
        Set-Content $path 'function Get-OeAll { "all" }'
        Invoke-InSession "Import-Module '$path'; 1 | Invoke-ParallelOrchestration -ImportAll { Get-OeAll }" | Should -Be 'all'
    }

    It 'brings drives' {
        Set-Content (Join-Path $TestDrive 'here.txt') 'here'
        Invoke-InSession "`$null = New-PSDrive OeDrive FileSystem '$TestDrive'; 1, 2 | Invoke-ParallelOrchestration -ImportAll { Get-Content OeDrive:/here.txt }" | Should -Be 'here', 'here'
    }

    It 'brings preferences and default values of parameters' {
        Invoke-InSession '$ErrorActionPreference = "Stop"; $PSDefaultParameterValues["Get-Date:Year"] = 1999; 1 | Invoke-ParallelOrchestration -ImportAll { "$ErrorActionPreference $((Get-Date).Year)" }' |
            Should -Be 'Stop 1999'
    }

    It 'brings strict mode, and leaves no error behind' {
        Invoke-InSession 'Set-StrictMode -Version 3.0; try { 1 | Invoke-ParallelOrchestration -ErrorAction Stop -ImportAll { $oeUnset } } catch { $_.FullyQualifiedErrorId }' | Should -Be 'VariableIsUndefined'
        Invoke-InSession '1 | Invoke-ParallelOrchestration -ImportAll { "$oeUnset" + [int]("".OeNothing) }; $Error.Count' | Should -Be '0', 0
    }

    It 'brings the namespaces of the script' {
        Invoke-InSession "using namespace System.Text`n1 | Invoke-ParallelOrchestration -ImportAll { [StringBuilder]::new('text').ToString() }" | Should -Be 'text'
    }

    It 'leaves nothing for calls without it' {
        Invoke-InSession '$oeValue = 5; function Get-OeThing { }; 1 | Invoke-ParallelOrchestration -ImportAll { $oeValue }; 1..4 | Invoke-ParallelOrchestration { "$oeValue$(@(Get-Command Get-OeThing -ErrorAction Ignore).Count)" }' |
            Should -Be 5, '0', '0', '0', '0'
    }
}
