# P#12240, P#12313, P#10429, P#13571, PPP#52: the functions, modules and drives of the session are missing in items.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'The session of the caller' {
    It 'comes along with -ImportAll' {
        Set-Content TestDrive:/OeAlong.psm1 'function Get-OeModuleText { "module" }'
        Set-Content TestDrive:/drive.txt 'drive'
        Invoke-WithLimit -ArgumentList "$TestDrive" {
            param($Folder)
            function Get-OeText { "function $(Get-OeModuleText) $(Get-Content OeAlong:/drive.txt) $oeText" }
            Import-Module "$Folder/OeAlong.psm1"
            $null = New-PSDrive OeAlong FileSystem $Folder
            $oeText = 'variable'
            1..2 | Invoke-ParallelOrchestration -ImportAll { Get-OeText }
        } | Should -Be 'function module drive variable', 'function module drive variable'
    }
}
