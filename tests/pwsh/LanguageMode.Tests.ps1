# Items may do what the caller may, and no more.
BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')

    # Runs a text in a session of the given mode.
    function Invoke-InMode([System.Management.Automation.PSLanguageMode] $Mode, [string] $Text) {
        $shell = New-Shell $Mode
        try {
            $shell.AddScript($Text).Invoke()
            $shell.Streams.Error.ForEach({ "error $($_.FullyQualifiedErrorId)" })
        } finally { Remove-Shell $shell }
    }
}

Describe 'The language mode of an item' {
    It 'is FullLanguage for a caller in FullLanguage' {
        1 | Invoke-ParallelOrchestration { "$($ExecutionContext.SessionState.LanguageMode)" } | Should -Be 'FullLanguage'
    }

    It 'is ConstrainedLanguage for a caller in ConstrainedLanguage' {
        Invoke-InMode ConstrainedLanguage '1..3 | Invoke-ParallelOrchestration -ThrottleLimit 2 { "$($ExecutionContext.SessionState.LanguageMode)" }' |
            Should -Be 'ConstrainedLanguage', 'ConstrainedLanguage', 'ConstrainedLanguage'
    }

    It 'really constrains: <Name>' -ForEach @(
        @{ Name = 'a .NET method'; Block = "[IO.File]::Exists('/')"; Id = 'MethodInvocationNotSupportedInConstrainedLanguage' }
        @{ Name = 'Add-Type'; Block = "Add-Type 'public class OeTestType { }'"; Id = 'CannotDefineNewType,Microsoft.PowerShell.Commands.AddTypeCommand' }
        @{ Name = 'a change of the mode'; Block = "`$ExecutionContext.SessionState.LanguageMode = 'FullLanguage'"; Id = 'PropertySetterNotSupportedInConstrainedLanguage' }
        @{ Name = 'a call in the item'; Block = "1 | Invoke-ParallelOrchestration { [IO.File]::Exists('/') }"; Id = 'MethodInvocationNotSupportedInConstrainedLanguage' }
    ) {
        Invoke-InMode ConstrainedLanguage "1 | Invoke-ParallelOrchestration { $Block }" | Should -Be "error $Id"
    }

    It 'does not change what works in ConstrainedLanguage' {
        Invoke-InMode ConstrainedLanguage '$x = @{ a = 1, 2 }; $y = "y"; "b", "a" | Invoke-ParallelOrchestration -Ordered { "$_ $($using:x.a[1]) $using:y"; Write-Error e }' |
            Should -Be 'b 2 y', 'a 2 y', 'error Microsoft.PowerShell.Commands.WriteErrorException', 'error Microsoft.PowerShell.Commands.WriteErrorException'
    }

    It 'does not stay for callers in FullLanguage' {
        $null = Invoke-InMode ConstrainedLanguage '1..4 | Invoke-ParallelOrchestration { $_ }'
        1..8 | Invoke-ParallelOrchestration { "$($ExecutionContext.SessionState.LanguageMode)" } | Should -Be (@('FullLanguage') * 8)
    }

    It 'is that of the caller for a block that was made in FullLanguage' {
        $shell = New-Shell ConstrainedLanguage
        try {
            $block = { "$($ExecutionContext.SessionState.LanguageMode)" }
            $shell.AddCommand('Invoke-ParallelOrchestration').AddParameter('ScriptBlock', $block).Invoke() | Should -Be 'ConstrainedLanguage'
        } finally { Remove-Shell $shell }
    }
}

Describe 'A caller in <_>' -ForEach 'NoLanguage', 'RestrictedLanguage' {
    It 'is refused' {
        $shell = New-Shell $_
        try {
            $call = { $shell.AddCommand('Invoke-ParallelOrchestration').AddParameter('ScriptBlock', { 'ran' }).Invoke() }
            $call | Should -Throw -ErrorId 'CmdletInvocationException' -ExceptionType ([System.Management.Automation.MethodInvocationException]) -PassThru |
                ForEach-Object { $_.Exception.InnerException.ErrorRecord.FullyQualifiedErrorId } |
                Should -Be 'LanguageModeNotSupported,OrchestrationEngine.PowerShell.Cmdlets.InvokeParallelOrchestrationCommand'
        } finally { Remove-Shell $shell }
    }
}
