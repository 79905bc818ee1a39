# Feature: what an item leaves in its runspace is gone for the next.
BeforeAll { . (Join-Path $PSScriptRoot '../TestSetup.ps1') }

Describe 'The runspace of an item' {
    It 'has nothing of the item before, but the modules that it loaded' {
        Invoke-WithLimit {
            1..2 | Invoke-ParallelOrchestration -ThrottleLimit 1 {
                "local [$local] global [$global:oeLeak] function [$(Get-Command Get-OeLeak -ErrorAction Ignore)] alias [$(Get-Command oeleak -ErrorAction Ignore)] " +
                "drive [$(Get-PSDrive OeLeak -ErrorAction Ignore)] preference [$ErrorActionPreference] strict [$($oeUnset.Nothing)] errors [$($Error.Count)] " +
                "location [$("$PWD" -eq $using:PWD)] defaults [$($PSDefaultParameterValues.Count)] events [$(@(Get-EventSubscriber).Count)]"
                $local = $global:oeLeak = 1
                function global:Get-OeLeak { }
                Set-Alias oeleak Get-Date -Scope Global
                $null = New-PSDrive OeLeak FileSystem / -Scope Global
                $ErrorActionPreference = 'SilentlyContinue'
                Write-Error 'kept'
                $null = Register-EngineEvent OeLeak -Action { }
                $PSDefaultParameterValues['Get-Date:Year'] = 1999
                Set-Location /
                Set-StrictMode -Version Latest
            }
        } | Should -Be (@('local [] global [] function [] alias [] drive [] preference [Continue] strict [] errors [0] location [True] defaults [0] events [0]') * 2)
    }
}
