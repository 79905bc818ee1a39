# Types of steps that a session registers, and the steps of playbooks that are of them.
BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')
    . (Join-Path $PSScriptRoot 'WorkflowSetup.ps1')

    function Invoke-Step([hashtable] $Step, [hashtable] $More = @{}) {
        Invoke-PlaybookWorkflow -PlaybookDefinition @{ name = 'p'; parameters = @{ port = @{ type = 'int'; default = 81 } }; steps = @($Step) } @More
    }

    # What keeps a playbook from running, as Test-PlaybookDefinition says it.
    function Get-Problem([hashtable] $Step) {
        (Test-PlaybookDefinition -Definition @{ name = 'p'; steps = @($Step) }).Errors | ForEach-Object { "$_" }
    }
}

AfterAll { Remove-WorkflowFolder }

Describe 'A registered type of steps' {
    BeforeEach {
        Register-OrchestrationStepType HttpCheck { param($Url, $Timeout) "$Url for $Timeout, a $($Timeout.GetType().Name)" } -Schema @{
            Url     = @{ type = 'string'; required = $true }
            Timeout = @{ type = 'int'; default = 30 }
            Method  = @{ type = 'string'; allowed = 'GET', 'HEAD' }
        }
    }
    AfterEach { Get-OrchestrationStepType | Unregister-OrchestrationStepType }

    It 'runs its script block with what the step is given, and the defaults' {
        $result = Invoke-Step @{ type = 'httpcheck'; parameters = @{ Url = 'http://x:{{port}}/'; Timeout = '5' } }
        $result.Status | Should -Be Completed
        $result.Results[0].StepName | Should -Be httpcheck
        $result.Results[0].Output | Should -Be 'http://x:81/ for 5, a Int32'
        (Invoke-Step @{ name = 'named'; type = 'HttpCheck'; parameters = @{ Url = 'y' } }).Results[0].Output | Should -Be 'y for 30, a Int32'
    }

    It 'hands values on as they are, whatever is in them' {
        $url = "a'b`"c `$(throw 1) ``n; {{{{x"
        (Invoke-Step @{ type = 'HttpCheck'; parameters = @{ Url = '{{url}}' } } @{ Parameters = @{ url = $url } }).Results[0].Output |
            Should -Be "$url for 30, a Int32"
    }

    It 'calls a command of the session by its name' {
        function Test-Port($Port, [switch] $Quick) { "$Port $Quick" }
        Register-OrchestrationStepType PortCheck -Command Test-Port
        (Invoke-Step @{ type = 'PortCheck'; parameters = @{ Port = '{{port}}'; Quick = 'yes' } }).Results[0].Output | Should -Be '81 True'
    }

    It 'does its step in a process of its own where that is asked for' {
        Register-OrchestrationStepType Who { param($Say) "$Say $PID" }
        $output = (Invoke-Step @{ type = 'Who'; isolation = 'Process'; parameters = @{ Say = 'in' } }).Results[0].Output
        "$output" | Should -Match '^in \d+$'
        "$output" | Should -Not -Be "in $PID"
    }

    It 'fails its step with what its script block throws' {
        Register-OrchestrationStepType Breaks { throw 'it broke' }
        $result = Invoke-Step @{ type = 'Breaks' } @{ ErrorAction = 'SilentlyContinue' }
        $result.Results | ForEach-Object { "$($_.Status) $($_.Error)" } | Should -Be 'Failed it broke'
    }

    It 'can have what every step can: a condition, retries, variables, a place in others' {
        $steps = @(
            @{ name = 'off'; type = 'HttpCheck'; condition = '$params.port -eq 1'; parameters = @{ Url = 'x' } }
            @{ name = 'both'; type = 'parallel'; parallel = @(@{ name = 'a'; type = 'HttpCheck'; parameters = @{ Url = 'a' } }, @{ name = 'b'; type = 'HttpCheck'; retryCount = 1; parameters = @{ Url = '{{item}}' }; variables = @{ item = 'v' } }) }
            @{ name = 'after'; command = '$steps.a.output' }
        )
        $result = Invoke-PlaybookWorkflow -PlaybookDefinition @{ name = 'p'; parameters = @{ port = 81 }; steps = $steps }
        $result.Results | Where-Object StepName -Match '(off|a|b|after)$' | ForEach-Object { "$($_.Status) $($_.Output)" } | Sort-Object |
            Should -Be 'Skipped ', 'Succeeded a for 30, a Int32', 'Succeeded a for 30, a Int32', 'Succeeded v for 30, a Int32'
    }

    It 'is known to whoever reads a playbook without running it' {
        $playbook = @{ name = 'p'; steps = @(@{ type = 'HttpCheck'; parameters = @{ Url = 'x' } }) }
        (Test-PlaybookDefinition -Definition $playbook).IsValid | Should -BeTrue
        (Get-PlaybookPlan -Definition $playbook).Steps.Count | Should -Be 1
        Show-PlaybookGraph -Definition $playbook | Should -Match 'HttpCheck'
        Unregister-OrchestrationStepType HttpCheck
        (Test-PlaybookDefinition -Definition $playbook).IsValid | Should -BeFalse
    }

    It 'refuses, before anything starts, <Name>' -ForEach @(
        @{ Name = 'a step without what is required'; Given = @{}; Text = 'steps[0]: a step of the type `HttpCheck` needs the parameter `Url`. Add `Url` to its `parameters`.' }
        @{ Name = 'a value of another type'; Given = @{ Url = 'x'; Timeout = 'soon' }; Text = 'steps[0].parameters.Timeout: the parameter `Timeout` is of type int, found `soon`. Give a value of the type int.' }
        @{ Name = 'a value that is not allowed'; Given = @{ Url = 'x'; Method = 'POST' }; Text = 'steps[0].parameters.Method: the parameter `Method` may not be `POST`. Choose one of GET, HEAD.' }
        @{ Name = 'what is not declared'; Given = @{ Url = 'x'; Timeuot = 3 }; Text = 'steps[0].parameters.Timeuot: there is no parameter `Timeuot`. Did you mean `Timeout`?' }
    ) {
        $step = @{ name = 's'; type = 'HttpCheck'; parameters = $Given }
        Get-Problem $step | Should -Be $Text
        { Invoke-Step $step } | Should -Throw
    }

    It 'is offered where a type is misspelled' {
        Get-Problem @{ type = 'HttpChek' } | Should -Be 'steps[0].type: unknown type `HttpChek`. Did you mean `HttpCheck`?'
        Get-Problem @{ type = 'zzzzzzz' } | Should -Be 'steps[0].type: unknown type `zzzzzzz`. The types are script, condition, parallel, module, command, playbook, HttpCheck; Register-OrchestrationStepType adds some to a session of PowerShell.'
    }

    It 'is one of its session alone' {
        Invoke-WithLimit { @(Get-OrchestrationStepType).Count } | Should -Be 0
        (Get-OrchestrationStepType http*).Name | Should -Be HttpCheck
    }

    It 'takes the place of one of its name' {
        Register-OrchestrationStepType HTTPCHECK { 'anew' }
        (Invoke-Step @{ type = 'HttpCheck' }).Results[0].Output | Should -Be anew
        @(Get-OrchestrationStepType).Count | Should -Be 1
    }
}

Describe 'Register-OrchestrationStepType' {
    AfterEach { Get-OrchestrationStepType | Unregister-OrchestrationStepType }

    It 'refuses <Name>, with advice' -ForEach @(
        @{ Name = 'the name of a type of every playbook'; Call = { Register-OrchestrationStepType Script { } }; Id = 'StepTypeRefused'; Text = 'The type of steps was not registered: the type `Script` is one of every playbook.'; Advice = 'Choose another name.' }
        @{ Name = 'a name of spaces'; Call = { Register-OrchestrationStepType ' ' { } }; Id = 'StepTypeRefused'; Text = 'The type of steps was not registered: a type of steps has no name.'; Advice = 'Give it one.' }
        @{ Name = 'a type of a parameter that is none'; Call = { Register-OrchestrationStepType x { } -Schema @{ Url = 'strin' } }; Id = 'StepTypeRefused'; Text = 'The type of steps was not registered: the type `x`: there is no type `strin`.'; Advice = 'Did you mean `string`?' }
        @{ Name = 'a misspelled key of a declaration'; Call = { Register-OrchestrationStepType x { } -Schema @{ Url = @{ tpye = 'string' } } }; Id = 'StepTypeRefused'; Text = 'The type of steps was not registered: the type `x`: `Url` is declared by no key that is known.'; Advice = 'Write its `type`.' }
        @{ Name = 'what declares nothing'; Call = { Register-OrchestrationStepType x { } -Schema @{ Url = 3 } }; Id = 'StepTypeSchemaInvalid'; Text = '-Schema says of ''Url'' neither a type nor a table that declares it.'; Advice = 'Write @{ Url = ''string'' }, or @{ Url = @{ type = ''string''; required = $true } }.' }
        @{ Name = 'a secret'; Call = { Register-OrchestrationStepType x { } -Schema @{ Key = @{ type = 'string'; sensitive = $true } } }; Id = 'StepTypeRefused'; Text = 'The type of steps was not registered: the type `x`: `Key` cannot be a secret by itself.'; Advice = 'Declare a parameter of the playbook as `sensitive`, and hand it on.' }
        @{ Name = 'a block with $using:'; Call = { $a = 1; Register-OrchestrationStepType x { $using:a } }; Id = 'StepTypeUsesVariable'; Text = 'The script block of a type of steps cannot have ''$using:a'': it is run by its text, later.'; Advice = 'Declare a parameter, and give it the value in the step''s parameters.' }
        @{ Name = 'the body of a function'; Call = { function Get-It($A) { $A }; Register-OrchestrationStepType x ${function:Get-It} }; Id = 'StepTypeIsFunction'; Text = '-ScriptBlock is the body of a function, whose parameters do not come along.'; Advice = 'Name the function by -Command.' }
    ) {
        $refused = $Call | Should -Throw -PassThru -ErrorId "$Id,*"
        "$refused" | Should -Be $Text
        $refused.ErrorDetails.RecommendedAction | Should -Be $Advice
        Get-OrchestrationStepType | Should -BeNullOrEmpty
    }

    It 'gives no output, and what it registered can be looked at' {
        Register-OrchestrationStepType One { 'x' } -Schema @{ A = 'int' } | Should -BeNullOrEmpty
        Register-OrchestrationStepType -Name Two -Command Get-Date
        Get-OrchestrationStepType | ForEach-Object { "$_ $($_.ScriptBlock) $($_.Command) $($_.Schema.A)" } | Should -Be "One  'x'   int", 'Two  Get-Date '
    }
}

Describe 'Get- and Unregister-OrchestrationStepType' {
    It 'say which types there are if one is not there' {
        Register-OrchestrationStepType Known { }
        try {
            $found = Unregister-OrchestrationStepType Knwon 2>&1
            "$found" | Should -Be "There is no type of steps 'Knwon' in this session. Did you mean 'Known'?"
            $found.FullyQualifiedErrorId | Should -BeLike 'StepTypeNotRegistered,*'
            (Get-OrchestrationStepType nothing 2>&1).FullyQualifiedErrorId | Should -BeLike 'StepTypeNotRegistered,*'
            Get-OrchestrationStepType noth* | Should -BeNullOrEmpty
        } finally { Unregister-OrchestrationStepType Known }
        Get-OrchestrationStepType | Should -BeNullOrEmpty
    }
}
