# -InitialSessionState is what the runspaces of the items start from; -ApartmentState is for Windows.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidGlobalVars', '', Justification = 'What outlives an item is tested')]
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'BeforeAll hands variables to other blocks')]
param()

BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')
    $cmdlet = 'OrchestrationEngine.PowerShell.Cmdlets.InvokeParallelOrchestrationCommand'
    $state = [initialsessionstate]::CreateDefault2()
    $state.Variables.Add([Management.Automation.Runspaces.SessionStateVariableEntry]::new('OeStated', 'stated', ''))
    $state.Commands.Add([Management.Automation.Runspaces.SessionStateFunctionEntry]::new('Get-OeStated', '"function $OeStated"'))
}

AfterAll { Clear-OrchestrationPool }

Describe '-InitialSessionState' {
    It 'gives the items its variables and functions, each one of them' {
        1..3 | Invoke-ParallelOrchestration -ThrottleLimit 1 -InitialSessionState $state { $global:oeTrace = 1; Get-OeStated } |
            Should -Be 'function stated', 'function stated', 'function stated'
    }

    It 'is not seen by calls without it' {
        1..4 | Invoke-ParallelOrchestration { "$OeStated" } | Should -Be '', '', '', ''
    }

    It 'goes with imports' {
        function Get-OeMine { "mine $OeStated" }
        1 | Invoke-ParallelOrchestration -InitialSessionState $state -ImportFunction Get-OeMine { Get-OeMine } | Should -Be 'mine stated'
    }

    It 'is another one once it was changed' {
        $changing = [initialsessionstate]::CreateDefault2()
        1 | Invoke-ParallelOrchestration -InitialSessionState $changing { "$OeLater" } | Should -Be ''
        $changing.Variables.Add([Management.Automation.Runspaces.SessionStateVariableEntry]::new('OeLater', 'later', ''))
        1 | Invoke-ParallelOrchestration -InitialSessionState $changing { "$OeLater" } | Should -Be 'later'
    }

    It 'can make the items run in ConstrainedLanguage' {
        $constrained = [initialsessionstate]::CreateDefault2()
        $constrained.LanguageMode = 'ConstrainedLanguage'
        1 | Invoke-ParallelOrchestration -InitialSessionState $constrained { "$($ExecutionContext.SessionState.LanguageMode)" } | Should -Be 'ConstrainedLanguage'
    }

    It 'is refused if script blocks cannot run in it' {
        $none = [initialsessionstate]::CreateDefault2()
        $none.LanguageMode = 'NoLanguage'
        { 1 | Invoke-ParallelOrchestration -InitialSessionState $none { 'ran' } } | Should -Throw -ErrorId "LanguageModeNotSupported,$cmdlet"
        { 1 | Invoke-ParallelOrchestration -InitialSessionState $null { 'ran' } } | Should -Throw -ErrorId "ParameterArgumentValidationError,$cmdlet"
    }
}

Describe '-ApartmentState' {
    It 'is that of the items on Windows, and refused where threads have none' {
        $call = { 1 | Invoke-ParallelOrchestration -ApartmentState STA { "$([Threading.Thread]::CurrentThread.GetApartmentState())" } }
        if ($IsWindows) { & $call | Should -Be 'STA' }
        else { $call | Should -Throw -ErrorId "ApartmentStateNotSupported,$cmdlet" }
    }
}
