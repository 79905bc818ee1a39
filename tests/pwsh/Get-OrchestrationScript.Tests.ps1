# Scripts are found by number, name, range, pattern and path, in the order in which they are asked for, and never run.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'BeforeAll hands variables to other blocks')]
param()

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')
    . (Join-Path $PSScriptRoot 'ScriptFolder.ps1')
    $everything = '0402', '0404', '0407', '0501', '3250', $null
}

Describe 'Get-OrchestrationScript' {
    BeforeEach {
        $env:OE_SCRIPT_PATH = $scripts
    }

    AfterEach {
        $env:OE_SCRIPT_PATH = $null
        Test-Path (Join-Path $TestDrive 'ran.txt') | Should -BeFalse
    }

    Context 'what is meant by' {
        It '<What>' -ForEach @(
            @{ What = 'a number'; Asked = @('0407'); Expected = @('0407') }
            @{ What = 'a number without its zeros'; Asked = @(407); Expected = @('0407') }
            @{ What = 'numbers, in their order'; Asked = @('0501', '0402', '0407'); Expected = @('0501', '0402', '0407') }
            @{ What = 'a number again and again'; Asked = @('0407', '0402', '0407'); Expected = @('0407', '0402', '0407') }
            @{ What = 'a list in one text'; Asked = @('0501, 0402,0407'); Expected = @('0501', '0402', '0407') }
            @{ What = 'a range'; Asked = @('0400-0499'); Expected = @('0402', '0404', '0407') }
            @{ What = 'a range as PowerShell writes it'; Asked = @('402..404'); Expected = @('0402', '0404') }
            @{ What = 'a range after one of its numbers'; Asked = @('0407', '0400-0499'); Expected = @('0407', '0402', '0404', '0407') }
            @{ What = 'a name'; Asked = @('validate-syntax'); Expected = @('0407') }
            @{ What = 'number and name'; Asked = @('0407_Validate-Syntax'); Expected = @('0407') }
            @{ What = 'the name of a file'; Asked = @('0407_Validate-Syntax.ps1'); Expected = @('0407') }
            @{ What = 'a folder and a name'; Asked = @('32-onboarding/3250_Install-ComfyUI'); Expected = @('3250') }
            @{ What = 'the same as Windows writes it'; Asked = @('32-onboarding\3250_Install-ComfyUI.ps1'); Expected = @('3250') }
            @{ What = 'a number in a folder'; Asked = @('3250'); Expected = @('3250') }
            @{ What = 'a wildcard for numbers'; Asked = @('04*'); Expected = @('0402', '0404', '0407') }
            @{ What = 'a wildcard for one digit'; Asked = @('040?'); Expected = @('0402', '0404', '0407') }
            @{ What = 'a wildcard for names'; Asked = @('Run-*'); Expected = @('0402', '0404', $null) }
            @{ What = 'a wildcard for a folder'; Asked = @('32-onboarding/*'); Expected = @('3250') }
            @{ What = 'an exclusion alone'; Asked = @('!04*'); Expected = @('0501', '3250', $null) }
            @{ What = 'an exclusion after a range'; Asked = @('0400-0499', '!0404'); Expected = @('0402', '0407') }
            @{ What = 'an exclusion before a range'; Asked = @('!0404', '0400-0499'); Expected = @('0402', '0407') }
            @{ What = 'an excluded range'; Asked = @('0501,04*,!0400-0405'); Expected = @('0501', '0407') }
        ) {
            Get-Number -Number $Asked | Should -Be $Expected
        }

        It 'no number: all scripts but those put aside' {
            Get-Number | Should -Be $everything
        }

        It 'a bare number on the command line' {
            (Get-OrchestrationScript -Number 0407).Number | Should -Be '0407'
            (Get-OrchestrationScript 0407, 0402).Number | Should -Be '0407', '0402'
            (Get-OrchestrationScript 0400-0404).Number | Should -Be '0402', '0404'
            (Get-OrchestrationScript 04*, !0407).Number | Should -Be '0402', '0404'
        }

        It 'a name given as -Name and as -Script' {
            Get-Number -Name 'run-unit-tests', 'Report' | Should -Be $null, '0501'
            Get-Number -Script '0501' | Should -Be '0501'
        }

        It '-Exclude' {
            Get-Number -Number '0400-0499' -Exclude 'Run-Lint', '0402' | Should -Be '0407'
            Get-Number -Exclude '04*', '!0501' | Should -Be '3250', $null
        }

        It 'the pipeline, also with files and scripts in it' {
            '0501', 407 | Get-OrchestrationScript | ForEach-Object Number | Should -Be '0501', '0407'
            Get-ChildItem $scripts -Filter '05*' | Get-OrchestrationScript | ForEach-Object Number | Should -Be '0501'
            Get-OrchestrationScript 0407 | Get-OrchestrationScript | ForEach-Object Number | Should -Be '0407'
        }

        It 'a pipeline with nothing in it: nothing' {
            @() | Get-OrchestrationScript | Should -BeNullOrEmpty
        }

        It 'a path from the current folder' {
            New-Script 'elsewhere/own.ps1'
            Push-Location (Join-Path $TestDrive 'elsewhere')
            try {
                (Get-OrchestrationScript './own.ps1').Path | Should -Be (Join-Path $TestDrive 'elsewhere/own.ps1')
                (Get-OrchestrationScript '../elsewhere/own').Path | Should -Be (Join-Path $TestDrive 'elsewhere/own.ps1')
                Set-Location $TestDrive
                (Get-OrchestrationScript 'elsewhere/own').Path | Should -Be (Join-Path $TestDrive 'elsewhere/own.ps1')
            } finally {
                Pop-Location
            }
        }
    }

    Context 'what it gives' {
        It 'is the script with what its header says' {
            $script = Get-OrchestrationScript 0402
            $script.PSObject.Properties.Name | Should -Be 'Number', 'Name', 'Description', 'Stage', 'Dependencies', 'Tags', 'Path'
            $script.Number | Should -Be '0402'
            $script.Name | Should -Be 'Run-UnitTests'
            $script.Path | Should -Be (Join-Path $scripts '0402_Run-UnitTests.ps1')
            $script.Description | Should -Be 'Runs the unit tests'
            $script.Stage | Should -Be 'Testing'
            $script.Dependencies | Should -Be '0400', '0744 (Auto Documentation)'
            $script.Tags | Should -Be 'tests', 'unit'
        }

        It 'reads the header of a help comment, and no further than the first code' {
            $script = Get-OrchestrationScript 0404
            $script.Description | Should -Be 'Looks for what is bad style'
            $script.Stage | Should -Be 'Validation'
            $script.Dependencies | Should -BeNullOrEmpty
            $script.Tags | Should -BeNullOrEmpty
        }

        It 'says nothing of a script without a header' {
            $script = Get-OrchestrationScript 'run-unit-tests'
            $script.Number, $script.Description, $script.Stage | Should -Be $null, $null, $null
            $script.Name | Should -Be 'run-unit-tests'
        }

        It 'is shown as a table' {
            (Get-OrchestrationScript 0402 | Out-String -Width 120).Trim() -split '\s*\r?\n' |
                Should -Match '^(Number +Name +Stage +Description|[- ]+|0402 +Run-UnitTests +Testing +Runs the unit tests)$'
        }
    }

    Context 'what cannot be found' {
        It 'an unknown number names the nearest' {
            $refusal = Get-Refusal { Get-OrchestrationScript 0408 -ErrorAction Stop }
            "$refusal" | Should -Be "There is no script 0408 in '$scripts'. The nearest is 0407 (Validate-Syntax)."
            $refusal.FullyQualifiedErrorId | Should -Be 'ScriptNotFound,OrchestrationEngine.PowerShell.Cmdlets.GetOrchestrationScriptCommand'
            $refusal.CategoryInfo.Category | Should -Be 'ObjectNotFound'
            $refusal.TargetObject | Should -Be '0408'
            $refusal.ErrorDetails.RecommendedAction | Should -Match 'Get-OrchestrationScript'
        }

        It 'an unknown name, <Asked>, names <Nearest>' -ForEach @(
            @{ Asked = 'Validate-Sintax'; Nearest = 'Validate-Syntax' }
            @{ Asked = '0407_Check-Syntax'; Nearest = '0407_Validate-Syntax' }
            @{ Asked = '32-onbording/3250_Install-ComfyUI'; Nearest = '32-onboarding/3250_Install-ComfyUI' }
        ) {
            "$(Get-Refusal { Get-OrchestrationScript $Asked -ErrorAction Stop })" |
                Should -Be "There is no script '$Asked' in '$scripts'. Did you mean '$Nearest'?"
        }

        It 'a path that is not there, <Asked>' -ForEach @(@{ Asked = './0407_Validate-Syntax.ps1' }, @{ Asked = '../../none' }) {
            "$(Get-Refusal { Get-OrchestrationScript $Asked -ErrorAction Stop })" | Should -Be "There is no script file '$Asked'."
        }

        It 'text with nothing in it, "<Asked>", does not mean everything' -ForEach @(@{ Asked = ' ' }, @{ Asked = ',' }) {
            $output = Get-OrchestrationScript $Asked -ErrorVariable problem -ErrorAction SilentlyContinue
            $output | Should -BeNullOrEmpty
            $problem.FullyQualifiedErrorId | Should -BeLike 'ScriptNotFound,*'
        }

        It 'keeps nobody else away' {
            $found = Get-OrchestrationScript 0402, 9999, 0407 -ErrorVariable problem -ErrorAction SilentlyContinue
            $found.Number | Should -Be '0402', '0407'
            $problem.TargetObject | Should -Be '9999'
        }

        It 'a range or a pattern without scripts warns' -ForEach @(@{ Asked = '0600-0699' }, @{ Asked = '050x*' }) {
            Get-OrchestrationScript $Asked -WarningVariable warning -WarningAction SilentlyContinue | Should -BeNullOrEmpty
            "$warning" | Should -Be "No script matches '$Asked'."
        }

        It 'an exclusion of what is not there warns' {
            Get-OrchestrationScript 0407 -Exclude 0450, 06* -WarningVariable warning -WarningAction SilentlyContinue |
                ForEach-Object Number | Should -Be '0407'
            "$warning" | Should -Be "There is no script 0450 that could be excluded."
        }

        It 'a range that ends before it begins' {
            $refusal = Get-Refusal { Get-OrchestrationScript '0499-0400' -ErrorAction Stop }
            "$refusal" | Should -Be "The range '0499-0400' ends before it begins."
            $refusal.ErrorDetails.RecommendedAction | Should -Be "Write '0400-0499'."
        }

        It 'a pattern that is not closed' {
            (Get-Refusal { Get-OrchestrationScript '04[0' -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'ScriptPatternInvalid,*'
        }
    }
}

Describe 'A script that was found' {
    AfterEach { $env:OE_SCRIPT_PATH = $null }

    It 'can be called, as the guide does it, with parameters' {
        New-Script 'call[1]/0520_Ring.ps1'
        [IO.File]::WriteAllText((Join-Path $TestDrive 'call[1]/0521_Echo.ps1'), 'param($Text) "echo $Text"')
        $env:OE_SCRIPT_PATH = Join-Path $TestDrive 'call[1]'
        $task = @{ Script = '0521'; Parameters = @{ Text = 'hello' } }
        $scriptPath = Get-OrchestrationScript -Number $task.Script
        $parameters = $task.Parameters
        & $scriptPath @parameters | Should -Be 'echo hello'
    }
}

Describe 'Completion of scripts' {
    BeforeAll {
        $env:OE_SCRIPT_PATH = $scripts
        function Get-Completion([string] $Text) { (TabExpansion2 $Text $Text.Length).CompletionMatches }
    }

    AfterAll { $env:OE_SCRIPT_PATH = $null }

    It 'offers <Expected> for "<Word>"' -ForEach @(
        @{ Word = '-Number 040'; Expected = '0402', '0404', '0407' }
        @{ Word = '-Number 0402,04'; Expected = '0402', '0404', '0407' }
        @{ Word = '-Name Run-'; Expected = 'Run-UnitTests', 'Run-Lint', 'run-unit-tests' }
        @{ Word = '0407_'; Expected = '0407_Validate-Syntax' }
        @{ Word = '-Exclude 05'; Expected = '0501' }
        @{ Word = "-Number '!05"; Expected = "'!0501'" }
    ) {
        @(Get-Completion "Get-OrchestrationScript $Word").CompletionText | Should -Be $Expected
    }

    It 'says what each is for' {
        (Get-Completion 'Get-OrchestrationScript 0402').ToolTip | Should -Be 'Runs the unit tests'
    }

    It 'looks in the folders that are given' {
        New-Script 'tab/0800_Tab.ps1'
        @(Get-Completion "Get-OrchestrationScript -ScriptPath '$(Join-Path $TestDrive 'tab')' -Number ").CompletionText | Should -Be '0800'
    }

    It 'offers no script if there are no folders' {
        @(Get-Completion "Get-OrchestrationScript -ScriptPath '$(Join-Path $TestDrive 'none')' -Number 04") | Should -BeNullOrEmpty
    }
}
