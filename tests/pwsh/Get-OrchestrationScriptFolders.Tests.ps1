# Where scripts are looked for, and what of equal and odd names there is meant.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'BeforeAll hands variables to other blocks')]
param()

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')
    . (Join-Path $PSScriptRoot 'ScriptFolder.ps1')
}

Describe 'Get-OrchestrationScript' {
    BeforeEach {
        $env:OE_SCRIPT_PATH = $scripts
    }

    AfterEach {
        $env:OE_SCRIPT_PATH = $null
        Test-Path (Join-Path $TestDrive 'ran.txt') | Should -BeFalse
    }

    Context 'where it looks' {
        It 'in every folder of OE_SCRIPT_PATH that there is, once' {
            New-Script 'more/0600_More.ps1'
            $more = Join-Path $TestDrive 'more'
            $env:OE_SCRIPT_PATH = $scripts, (Join-Path $TestDrive 'none'), "$more/", $more -join [IO.Path]::PathSeparator
            Get-Number | Should -Be '0402', '0404', '0407', '0501', '0600', '3250', $null
        }

        It 'in a folder within another one of the list only once' {
            $env:OE_SCRIPT_PATH = (Join-Path $scripts '32-onboarding'), $scripts -join [IO.Path]::PathSeparator
            Get-Number 3250 | Should -Be '3250'
        }

        It 'in the folders of -ScriptPath instead, and drives of PowerShell are known' {
            New-Script 'given/0700_Given.ps1'
            Get-Number -ScriptPath TestDrive:/given | Should -Be '0700'
            Get-Number -Path (Join-Path $TestDrive 'given'), $scripts 0700, 0407 | Should -Be '0700', '0407'
        }

        It 'without OE_SCRIPT_PATH, in automation-scripts here, else below the root of the project' {
            $env:OE_SCRIPT_PATH = $null
            New-Script 'project/automation-scripts/0001_Root.ps1'
            New-Script 'project/inner/automation-scripts/0002_Inner.ps1'
            New-Script 'project/other/deep/x.ps1'
            $null = New-Item -ItemType Directory (Join-Path $TestDrive 'project/orchestration')
            $found = foreach ($folder in 'project', 'project/inner', 'project/other/deep') {
                Push-Location (Join-Path $TestDrive $folder)
                try { Get-Number } finally { Pop-Location }
            }
            $found | Should -Be '0001', '0002', '0001'
        }

        It 'below OE_HOME, if that is set' {
            $env:OE_SCRIPT_PATH = $null
            New-Script 'home/automation-scripts/0003_Home.ps1'
            New-Script 'nowhere/x.ps1'
            $env:OE_HOME = Join-Path $TestDrive 'home'
            Push-Location (Join-Path $TestDrive 'nowhere')
            try { Get-Number | Should -Be '0003' } finally { Pop-Location; $env:OE_HOME = $null }
        }

        It 'says where it looked, if there is no folder' {
            $env:OE_SCRIPT_PATH = Join-Path $TestDrive 'none'
            $refusal = Get-Refusal { Get-OrchestrationScript 0407 }
            "$refusal" | Should -Be "There is no folder of scripts at '$(Join-Path $TestDrive 'none')'."
            $refusal.FullyQualifiedErrorId | Should -BeLike 'ScriptFolderNotFound,*'
            (Get-Refusal { Get-OrchestrationScript -ScriptPath 'env:/' }).FullyQualifiedErrorId | Should -BeLike 'ScriptFolderNotFound,*'
        }

        It 'needs no folder for a path' {
            $env:OE_SCRIPT_PATH = Join-Path $TestDrive 'none'
            Get-Number (Join-Path $scripts '0407_Validate-Syntax.ps1') | Should -Be '0407'
        }
    }

    Context 'numbers and names that there are twice' {
        BeforeAll {
            New-Script 'twice/0950_One.ps1'
            New-Script 'twice/0950_Other.ps1'
            New-Script 'twice/a/Report.ps1'
            New-Script 'twice/b/Report.ps1'
            $twice = Join-Path $TestDrive 'twice'
        }

        It 'a number names both files' {
            $refusal = Get-Refusal { Get-OrchestrationScript 0950 -ScriptPath $twice -ErrorAction Stop }
            "$refusal" | Should -Be "'0950' may mean '$(Join-Path $twice '0950_One.ps1')' or '$(Join-Path $twice '0950_Other.ps1')'."
            $refusal.FullyQualifiedErrorId | Should -BeLike 'ScriptAmbiguous,*'
        }

        It 'a name names both files' {
            "$(Get-Refusal { Get-OrchestrationScript 'Report' -ScriptPath $twice -ErrorAction Stop })" |
                Should -Be "'Report' may mean '$(Join-Path $twice 'a' 'Report.ps1')' or '$(Join-Path $twice 'b' 'Report.ps1')'."
        }

        It 'more words tell them apart' {
            (Get-OrchestrationScript '0950_Other' -ScriptPath $twice).Name | Should -Be 'Other'
            (Get-OrchestrationScript 'b/Report' -ScriptPath $twice).Path | Should -Be (Join-Path $twice 'b' 'Report.ps1')
        }

        It 'a range, a pattern and an exclusion mean both' {
            (Get-OrchestrationScript '0900-0999' -ScriptPath $twice).Name | Should -Be 'One', 'Other'
            (Get-OrchestrationScript '095*' -ScriptPath $twice).Name | Should -Be 'One', 'Other'
            (Get-OrchestrationScript '!0950' -ScriptPath $twice).Name | Should -Be 'Report', 'Report'
        }

        It 'files of the same number in two folders of the list are two' {
            New-Script 'second/0407_Validate-Syntax.ps1'
            $env:OE_SCRIPT_PATH = $scripts, (Join-Path $TestDrive 'second') -join [IO.Path]::PathSeparator
            "$(Get-Refusal { Get-OrchestrationScript 0407 -ErrorAction Stop })" | Should -BeLike "'0407' may mean '*' or '*'."
        }
    }

    Context 'names with the characters of wildcards' {
        BeforeAll {
            New-Script 'odd[1]/0300_a[b], c.ps1'
            New-Script 'odd[1]/0301_ab.ps1'
            $odd = Join-Path $TestDrive 'odd[1]'
        }

        It 'are those of files and folders first' {
            (Get-OrchestrationScript 'ab' -ScriptPath $odd).Number | Should -Be '0301'
            (Get-OrchestrationScript '0300_a*' -ScriptPath $odd).Number | Should -Be '0300'
            (Get-OrchestrationScript (Join-Path $odd '0300_a[b], c.ps1')).Number | Should -Be '0300'
            $env:OE_SCRIPT_PATH = $odd
            (Get-OrchestrationScript).Number | Should -Be '0300', '0301'
        }

        It 'mean themselves in a name that is there' {
            New-Script 'odd[1]/0302_x[y].ps1'
            New-Script 'odd[1]/0303_xy.ps1'
            (Get-OrchestrationScript 'x[y]' -ScriptPath $odd).Number | Should -Be '0302'
            (Get-OrchestrationScript 'x`[y`]' -ScriptPath $odd).Number | Should -Be '0302'
            (Get-OrchestrationScript 'x[yz]' -ScriptPath $odd).Number | Should -Be '0303'
        }
    }
}
