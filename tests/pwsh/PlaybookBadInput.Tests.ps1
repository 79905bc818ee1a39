# What is no playbook is said with its place and what to do; nothing of it runs, hangs or crashes.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'Pester reads them in other blocks.')]
param()

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')

    $folder = (New-Item -ItemType Directory (Join-Path $TestDrive 'project/orchestration/playbooks') -Force).FullName
    $kept = @{ OE_HOME = $env:OE_HOME; OE_PLAYBOOK_PATH = $env:OE_PLAYBOOK_PATH }
    $env:OE_HOME = $env:OE_PLAYBOOK_PATH = $null
    Push-Location (Join-Path $TestDrive 'project')

    # The file, as it is tested, imported and planned.
    function Test-File([string] $Name, [string] $Text) {
        $file = Join-Path $folder $Name
        [IO.File]::WriteAllText($file, $Text)
        Invoke-WithLimit -ArgumentList $file {
            param($file)
            $test = Test-PlaybookDefinition -Path $file
            $import = Import-PlaybookDefinition -Path $file
            $plan = Get-PlaybookPlan -Path $file -ErrorAction SilentlyContinue -WarningAction SilentlyContinue
            [pscustomobject]@{ Valid = $test.IsValid; Usable = $plan.IsUsable; Import = $import; Errors = $test.Errors; First = $test.Errors[0]; Plan = $plan }
        }
    }
}

AfterAll {
    Pop-Location
    $kept.GetEnumerator() | ForEach-Object { Set-Item "env:$($_.Key)" $_.Value }
}

Describe 'A file that is no playbook' {
    It 'is said to be none, and where: <Name>' -ForEach @(
        @{ Name = 'empty.psd1'; Text = ''; Line = 1; Column = 1 }
        @{ Name = 'empty.json'; Text = ''; Line = 1; Column = 0 }
        @{ Name = 'list.json'; Text = '[1, 2]'; Line = 1; Column = 1 }
        @{ Name = 'open.psd1'; Text = "@{`n  steps = @("; Line = 2; Column = 11 }
        @{ Name = 'command.psd1'; Text = "@{`n  steps = Get-Date }"; Line = 2; Column = 11 }
        @{ Name = 'call.psd1'; Text = "@{`n  steps = @(`n    `$(Remove-Item x)`n  ) }"; Line = 3; Column = 5 }
        @{ Name = 'variable.psd1'; Text = '@{ Name = $x }'; Line = 1; Column = 11 }
        @{ Name = 'twice.psd1'; Text = "@{ Name = 'a'`nname = 'b' }"; Line = 2; Column = 1 }
        @{ Name = 'comment.json'; Text = "{`n  // no`n}"; Line = 2; Column = 3 }
        @{ Name = 'indent.yaml'; Text = "name: a`nsteps:`n  - name: b`n command: c`n"; Line = 4 }
        @{ Name = 'noSteps.json'; Text = '{ "name": "x" }'; Line = 1; Column = 1 }
        @{ Name = 'text.yaml'; Text = 'only a text' }
    ) {
        $found = Test-File $Name $Text
        $found.Valid | Should -Be $false
        $found.Usable | Should -Be $false
        $found.First.File | Should -Be (Join-Path $folder $Name)
        if ($Line) { $found.First.Line | Should -Be $Line }
        if ($Column) { $found.First.Column | Should -Be $Column }
        $found.First.Message | Should -Not -BeNullOrEmpty
        $found.First.Advice | Should -Not -BeNullOrEmpty
        "$($found.First)" | Should -Not -Match '[\r\n]'
        $found.Plan.Steps.Count | Should -Be 0
    }

    It 'is not read if it is no text' {
        $file = Join-Path $folder 'bytes.psd1'
        [IO.File]::WriteAllBytes($file, [byte[]](0..255))
        "$((Test-PlaybookDefinition -Path $file).Errors)" | Should -BeLike "$($file): *UTF-8*"
    }

    It 'of 100 MB is said to be none without reading on for long' {
        $file = Join-Path $folder 'large.json'
        $stream = [IO.File]::Create($file)
        try { $stream.SetLength(100MB) } finally { $stream.Dispose() }
        $test = Invoke-WithLimit -ArgumentList $file { param($file) Test-PlaybookDefinition -Path $file }
        $test.IsValid | Should -Be $false
        $test.Errors.Count | Should -Be 1
        Remove-Item $file
    }

    It 'that is nested without end is refused: <Form>' -ForEach @{ Form = 'psd1' }, @{ Form = 'json' }, @{ Form = 'yaml' } {
        $text = switch ($Form) {
            'psd1' { '@{ a = ' + '@(' * 100000 }
            'json' { '{"a":' + '[' * 100000 }
            'yaml' { 'a: ' + '[' * 5000 }
        }
        $found = Test-File "deep.$Form" $text
        $found.Valid | Should -Be $false
        $found.Import.Success | Should -Be $false
    }
}

Describe 'A playbook that cannot be run' {
    It 'says so: <Name>' -ForEach @(
        @{ Name = 'a type that is not there'; Step = '{ "type": "scirpt", "command": "x" }'; Message = '*scirpt*script*' }
        @{ Name = 'a step that does nothing'; Step = '{ "name": "a" }'; Message = '*expected a step to say what it does*' }
        @{ Name = 'two things in one step'; Step = '{ "script": "0407", "command": "x" }'; Message = '*script*command*' }
        @{ Name = 'a dependency that is not there'; Step = '{ "name": "build", "command": "x", "dependsOn": "biuld2" }'; Message = '*biuld2*' }
        @{ Name = 'a circle'; Step = '{ "name": "a", "command": "x", "dependsOn": "b" }, { "name": "b", "command": "x", "dependsOn": "a" }'; Message = '*a*b*a*'; IsOfSeveral = $true }
        @{ Name = 'a value that is not known'; Step = '{ "name": "a", "shell": "sh", "command": "echo {{nope}}" }'; Message = '*nope*' }
        @{ Name = 'a shell that is not there'; Step = '{ "name": "a", "shell": "basch", "command": "x" }'; Message = '*basch*bash*' }
        @{ Name = 'a condition that cannot be read'; Step = '{ "name": "a", "command": "x", "condition": "$params.x -eq" }'; Message = '*' }
        @{ Name = 'a time that is none'; Step = '{ "name": "a", "command": "x", "timeout": "soon" }'; Message = '*timeout*soon*' }
        @{ Name = 'a playbook that is not there'; Step = '{ "name": "a", "playbook": "nowhere" }'; Message = '*nowhere*' }
        @{ Name = 'itself inside of itself'; Step = '{ "name": "a", "playbook": "again" }'; Message = '*again*' }
    ) {
        [IO.File]::WriteAllText((Join-Path $folder 'again.json'), '{ "steps": [ { "playbook": "again" } ] }')
        $found = Test-File 'wrong.json' "{`n`"steps`": [ $Step ] }"
        $found.Valid | Should -Be $false
        "$($found.Errors)" | Should -BeLike $Message
        # A circle is not at one place.
        if (-not $IsOfSeveral) { $found.First.Line | Should -Be 2 }
        $found.First.Advice | Should -Not -BeNullOrEmpty
    }

    It 'is found in a table as in a file' {
        $test = Test-PlaybookDefinition @{ steps = @(@{ name = 'a'; command = 'x' }, @{ name = 'b'; command = 'x'; dependsOn = 'aa' }) }
        $test.IsValid | Should -Be $false
        "$($test.Errors)" | Should -BeLike 'steps?1?*aa*'
    }
}

Describe 'A name or path' {
    It 'that cannot be used is an error of its own: <Name>' -ForEach @(
        @{ Name = 'a name that nobody has'; Arguments = @{ PlaybookName = 'nowhere' }; Id = 'PlaybookNotFound' }
        @{ Name = 'a name with an end of line'; Arguments = @{ PlaybookName = "no`nwhere" }; Id = 'PlaybookNotFound' }
        @{ Name = 'a file that is not there'; Arguments = @{ Path = 'nowhere.psd1' }; Id = 'PlaybookFileNotFound' }
        @{ Name = 'a folder'; Arguments = @{ Path = 'orchestration' }; Id = 'PlaybookPathIsFolder' }
        @{ Name = 'another kind of file'; Arguments = @{ Path = 'orchestration/playbooks/notes.txt' }; Id = 'PlaybookFormatUnknown' }
        @{ Name = 'another provider'; Arguments = @{ Path = 'env:PATH' }; Id = 'PlaybookPathNotAFile' }
        @{ Name = 'a drive that is not there'; Arguments = @{ Path = 'nodrive:/x.psd1' }; Id = 'PlaybookPathInvalid' }
    ) {
        Set-Content (Join-Path $folder 'notes.txt') 'notes'
        foreach ($cmdlet in 'Test-PlaybookDefinition', 'Import-PlaybookDefinition', 'Get-PlaybookPlan') {
            $output = & $cmdlet @Arguments -ErrorAction SilentlyContinue -ErrorVariable wrong
            $output | Should -BeNullOrEmpty
            $wrong.Count | Should -Be 1
            $wrong.FullyQualifiedErrorId | Should -BeLike "$Id,*"
            $wrong.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        }
    }

    It 'that is a folder with the name of a file is one' {
        $null = New-Item -ItemType Directory (Join-Path $folder 'folder.psd1')
        { Test-PlaybookDefinition -Path orchestration/playbooks/folder.psd1 -ErrorAction Stop } | Should -Throw -ErrorId 'PlaybookPathIsFolder,*'
        { Test-PlaybookDefinition orchestration/playbooks/folder.psd1 -ErrorAction Stop } | Should -Throw -ErrorId 'PlaybookNotFound,*'
    }

    It 'does not keep the next one from being looked at' {
        Set-Content (Join-Path $folder 'right.json') '{ "steps": [ { "command": "Get-Date" } ] }'
        ('nowhere', 'right' | Test-PlaybookDefinition -ErrorAction SilentlyContinue).IsValid | Should -BeTrue
    }
}

Describe 'A table' {
    It 'with <Name> is refused, with the keys that lead there' -ForEach @(
        @{ Name = 'an object'; Id = 'DefinitionValueNotPlain'; Make = { @{ steps = @(@{ parameters = @{ it = [Threading.Thread]::CurrentThread } }) } }; Place = 'The definition: steps[0].parameters.it *Thread*' }
        @{ Name = 'a secret'; Id = 'DefinitionValueIsSecret'; Make = { @{ steps = @(@{ parameters = @{ it = [securestring]::new() } }) } }; Place = 'The definition: steps[0].parameters.it *' }
        @{ Name = 'a credential'; Id = 'DefinitionValueIsSecret'; Make = { @{ x = [pscredential]::new('u', [securestring]::new()) } }; Place = 'The definition: x *' }
        @{ Name = 'itself'; Id = 'DefinitionValueInItself'; Make = { $table = @{ steps = @(@{}) }; $table.steps[0].parallel = $table; $table }; Place = 'The definition: steps[0].parallel *' }
        @{ Name = 'a list in itself'; Id = 'DefinitionValueInItself'; Make = { $list = [Collections.ArrayList]::new(); $null = $list.Add($list); @{ steps = $list } }; Place = 'The definition: steps[0] *' }
        @{ Name = 'too many tables in each other'; Id = 'DefinitionTooDeep'; Make = { $root = $table = @{}; foreach ($i in 1..70) { $table.n = @{}; $table = $table.n }; $root }; Place = 'The definition: n.n.*' }
        @{ Name = 'a key twice'; Id = 'DefinitionKeyTwice'; Make = { $table = [Collections.SortedList]::new([StringComparer]::Ordinal); $table['a'] = 1; $table['A'] = 2; @{ x = $table } }; Place = 'The definition: x.* twice*' }
        @{ Name = 'a key that is no text'; Id = 'DefinitionKeyNotText'; Make = { @{ x = @{ @(1, 2) = 3 } } }; Place = 'The definition: x *' }
        @{ Name = 'a number that is none'; Id = 'DefinitionNumberOutside'; Make = { @{ x = [double]::NaN } }; Place = 'The definition: x is NaN*' }
        @{ Name = 'a number that is too large'; Id = 'DefinitionNumberOutside'; Make = { @{ x = [ulong]::MaxValue } }; Place = 'The definition: x is 18446744073709551615*' }
        @{ Name = 'half of a character'; Id = 'DefinitionTextBroken'; Make = { @{ x = "a$([char] 0xd800)" } }; Place = 'The definition: x *' }
        @{ Name = 'a list without end'; Id = 'DefinitionTooLarge'; Make = { @{ x = [Linq.Enumerable]::Repeat('a' * 1MB, [int]::MaxValue) } }; Place = 'The definition: x*64 MB*' }
    ) {
        $problem = try { Test-PlaybookDefinition -Definition (& $Make) -ErrorAction Stop } catch { $_ }
        $problem.FullyQualifiedErrorId | Should -BeLike "$Id,*"
        $problem.CategoryInfo.Category | Should -Be InvalidArgument
        $problem.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        $problem.Exception.Message | Should -BeLike $Place.Replace('[', '`[')
    }
}
