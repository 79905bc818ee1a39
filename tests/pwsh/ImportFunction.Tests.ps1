# -ImportFunction brings functions of the caller into the items, as they were written.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidGlobalVars', '', Justification = 'What outlives an item is tested')]
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'BeforeAll and -ForEach hand variables to other blocks')]
param()

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')
    $cmdlet = 'OrchestrationEngine.PowerShell.Cmdlets.InvokeParallelOrchestrationCommand'
    function Get-Greeting { param([string] $Name, [string] $Mark = '!') "Hello $Name$Mark" }
    function Get-Farewell($Name) { "Bye $(Get-Title $Name)" }
    function Get-Title($Name) { "Dr. $Name" }
    function Get-Place { "$PSCommandPath" }
}

AfterAll { Clear-OrchestrationPool }

Describe '-ImportFunction' {
    It 'makes a function of the caller known in the items' {
        'a', 'b' | Invoke-ParallelOrchestration -Ordered -ImportFunction Get-Greeting { Get-Greeting $_ -Mark '?' } | Should -Be 'Hello a?', 'Hello b?'
    }

    It 'is needed for that' {
        1 | Invoke-ParallelOrchestration { @(Get-Command Get-Greeting -ErrorAction Ignore).Count } | Should -Be 0
    }

    It 'takes wildcards, and what imported functions call' {
        'a' | Invoke-ParallelOrchestration -ImportFunction Get-Fare*, Get-T* { Get-Farewell $_ } | Should -Be 'Bye Dr. a'
    }

    It 'takes a wildcard that fits nothing' {
        'a' | Invoke-ParallelOrchestration -ImportFunction OeNothing* { $_ } | Should -Be 'a'
    }

    It 'finds <Name>' -ForEach @(
        @{ Name = 'a filter'; Define = { filter OeOne { $_ * 2 } }; Call = { 21 | OeOne } }
        @{ Name = 'a function with parameters before its body'; Define = { function OeOne([int] $A, $B = 40) { $A + $B } }; Call = { OeOne 2 } }
        @{ Name = 'a function of the function: drive'; Define = { $function:OeOne = { param($A) $A + 40 } }; Call = { OeOne 2 } }
        @{ Name = 'a filter of the function: drive'; Define = { $null = New-Item function:OeOne -Value { 42 } }; Call = { OeOne } }
        @{ Name = 'a function with a scope in its name'; Define = { function script:OeScoped { 42 } }; Call = { OeScoped }; Import = 'OeScoped' }
        @{ Name = 'a function that was renamed'; Define = { function OeOther($A) { $A + 40 }; Rename-Item function:OeOther OeOne }; Call = { OeOne 2 } }
        @{ Name = 'a function with begin, process and end'; Define = { function OeOne { begin { $sum = 0 } process { $sum += $_ } end { $sum } } }; Call = { 20, 22 | OeOne } }
        @{ Name = 'an advanced function'; Define = { function OeOne { [CmdletBinding()] param([Parameter(ValueFromPipeline)] $A) process { $A * 2 } } }; Call = { 21 | OeOne -Verbose } }
        @{ Name = 'a name that is a wildcard'; Define = { $null = New-Item 'function:Oe[One]' -Value { 42 } }; Call = { & 'Oe[One]' }; Import = 'Oe`[One`]' }
    ) {
        . $Define
        $name = if ($_.ContainsKey('Import')) { $Import } else { 'OeOne' }
        1 | Invoke-ParallelOrchestration -ImportFunction $name $Call | Should -Be 42
    }

    It 'keeps the file and line of a function' {
        1 | Invoke-ParallelOrchestration -ImportFunction Get-Place { Get-Place } | Should -Be $PSCommandPath
        function OeThrow { throw 'here' }
        $line = (Get-Item function:OeThrow).ScriptBlock.StartPosition.StartLine
        $failure = 1 | Invoke-ParallelOrchestration -ImportFunction OeThrow { OeThrow } 2>&1
        $failure.InvocationInfo.ScriptName, $failure.InvocationInfo.ScriptLineNumber | Should -Be $PSCommandPath, $line
    }

    It 'gives each worker a function of its own, that runs there' {
        function OeRunspace { [runspace]::DefaultRunspace.InstanceId }
        $ids = Invoke-WithLimit {
            function OeRunspace { [runspace]::DefaultRunspace.InstanceId }
            $barrier = [Threading.Barrier]::new(3)
            1..3 | Invoke-ParallelOrchestration -ThrottleLimit 3 -ImportFunction OeRunspace { $null = ($using:barrier).SignalAndWait(30000); OeRunspace }
        }
        $ids | Sort-Object -Unique | Should -HaveCount 3
        $ids | Should -Not -Contain (OeRunspace)
    }

    It 'takes a $using: in an inner call of the function as that function means it' {
        function OeInner($Value) { 1 | Invoke-ParallelOrchestration { "inner $using:Value" } }
        'a' | Invoke-ParallelOrchestration -ImportFunction OeInner { OeInner $_ } | Should -Be 'inner a'
    }

    It 'follows a function that changes from call to call' {
        foreach ($n in 1..3) {
            Set-Item function:OeChanging ([scriptblock]::Create("'version $n'"))
            1 | Invoke-ParallelOrchestration -ImportFunction OeChanging { OeChanging } | Should -Be "version $n"
        }
    }

    It 'does not leave the function for calls that do not import it' {
        function OeHere { 'here' }
        1..4 | Invoke-ParallelOrchestration -ThrottleLimit 1 -ImportFunction OeHere { OeHere } | Out-Null
        function OeOther { 'other' }
        1..4 | Invoke-ParallelOrchestration -ThrottleLimit 1 -ImportFunction OeOther { "$(OeOther) $(@(Get-Command OeHere -ErrorAction Ignore).Count)" } |
            Should -Be 'other 0', 'other 0', 'other 0', 'other 0'
        1..4 | Invoke-ParallelOrchestration { @(Get-Command OeHere -ErrorAction Ignore).Count } | Should -Be 0, 0, 0, 0
    }

    It 'has the function back when an item has put another in its place' {
        function OeHere { 'mine' }
        1..3 | Invoke-ParallelOrchestration -ThrottleLimit 1 -ImportFunction OeHere { OeHere; function global:OeHere { 'changed' } } | Should -Be 'mine', 'mine', 'mine'
        1..3 | Invoke-ParallelOrchestration -ThrottleLimit 1 -ImportFunction OeHere { OeHere } | Should -Be 'mine', 'mine', 'mine'
    }

    It 'cleans up behind a function that leaves traces' {
        function OeCount { $global:oeCount++; $global:oeCount }
        function OeCallsIt { OeCount }
        1..3 | Invoke-ParallelOrchestration -ThrottleLimit 1 -ImportFunction OeCount, OeCallsIt { OeCallsIt } | Should -Be 1, 1, 1
    }

    It 'does not take functions of modules by a wildcard, but by name' {
        $null = New-Module -Name OeFunctions { function Get-OeModuleThing { 'thing' } } | Import-Module -PassThru
        try {
            1 | Invoke-ParallelOrchestration -ImportFunction * { @(Get-Command Get-OeModuleThing -ErrorAction Ignore).Count } | Should -Be 0
            1 | Invoke-ParallelOrchestration -ImportFunction Get-OeModuleThing { Get-OeModuleThing } | Should -Be 'thing'
        } finally { Remove-Module OeFunctions }
    }

    It 'takes private functions of the module that makes the call, also by a wildcard' {
        $module = New-Module -Name OeCaller {
            function Get-OePrivate { 'private' }
            function Invoke-OeCaller { 1 | Invoke-ParallelOrchestration -ImportFunction Get-OeP* { Get-OePrivate } }
            Export-ModuleMember Invoke-OeCaller
        }
        & $module { Invoke-OeCaller } | Should -Be 'private'
    }

    It 'lets an inner call import what its item has' {
        'a' | Invoke-ParallelOrchestration -ImportFunction Get-Greeting {
            $_ | Invoke-ParallelOrchestration -ImportFunction Get-Greeting { Get-Greeting $_ }
            $_ | Invoke-ParallelOrchestration { @(Get-Command Get-Greeting -ErrorAction Ignore).Count }
        } | Should -Be 'Hello a!', 0
    }

    It 'works for a caller in ConstrainedLanguage, in whose items the function may do no more' {
        $shell = New-Shell ConstrainedLanguage
        try {
            $text = 'function OeMode { "$($ExecutionContext.SessionState.LanguageMode)"; [IO.File]::Exists("/") }; 1 | Invoke-ParallelOrchestration -ImportFunction OeMode { OeMode }'
            $shell.AddScript($text).Invoke() | Should -Be 'ConstrainedLanguage'
            $shell.Streams.Error.FullyQualifiedErrorId | Should -Be 'MethodInvocationNotSupportedInConstrainedLanguage'
        } finally { Remove-Shell $shell }
    }

    It 'does not find a function that was made in ConstrainedLanguage and would be free of it' {
        $shell = New-Shell ConstrainedLanguage
        try {
            $null = $shell.AddScript('function OeMode { [IO.File]::Exists("/") }').Invoke()
            $shell.Commands.Clear()
            $shell.Runspace.SessionStateProxy.LanguageMode = 'FullLanguage'
            $shell.AddScript('1 | Invoke-ParallelOrchestration -ImportFunction OeMode { OeMode }').Invoke() | Should -BeNullOrEmpty
            $shell.Streams.Error.FullyQualifiedErrorId | Should -Be "ImportFunctionNotFound,$cmdlet"
            $shell.Commands.Clear()
            $shell.AddScript('1 | Invoke-ParallelOrchestration -ImportFunction OeM* { @(Get-Command OeMode -ErrorAction Ignore).Count }').Invoke() | Should -Be 0
        } finally { Remove-Shell $shell }
    }
}

Describe 'A function that is not there' {
    BeforeAll {
        $call = { 1..3 | Invoke-ParallelOrchestration -ImportFunction Get-Greting { 'ran' } }
    }

    It 'ends the call before its first item, and names the nearest' {
        $failure = $call | Should -Throw -ErrorId "ImportFunctionNotFound,$cmdlet" -PassThru
        $failure.Exception.Message | Should -Be "There is no function 'Get-Greting' to import. Did you mean 'Get-Greeting'?"
        $failure.CategoryInfo.Category, $failure.TargetObject | Should -Be 'ObjectNotFound', 'Get-Greting'
        $failure.ErrorDetails.RecommendedAction | Should -Be 'Define it before the call, or import its module with -ImportModule.'
    }

    It 'is refused as an empty name' {
        { 1 | Invoke-ParallelOrchestration -ImportFunction '' { } } | Should -Throw -ErrorId "ParameterArgumentValidationError,$cmdlet"
        { 1 | Invoke-ParallelOrchestration -ImportFunction @() { } } | Should -Throw -ErrorId "ParameterArgumentValidationError,$cmdlet"
        { 1 | Invoke-ParallelOrchestration -ImportFunction $null { } } | Should -Throw -ErrorId "ParameterArgumentValidationError,$cmdlet"
    }
}
