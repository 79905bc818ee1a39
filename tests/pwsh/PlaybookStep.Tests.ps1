# src/powershell/step.ps1: what an order of a playbook's step means, whoever carries it out.
BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')
    $step = (Resolve-Path (Join-Path $PSScriptRoot '../../src/powershell/step.ps1')).Path

    # Runs an order in a runspace of its own, as a file, and says in one line what came of it.
    function Invoke-Order([hashtable] $Order) {
        $session = [powershell]::Create()
        try {
            $null = $session.AddScript('$_ = $args[0]; & $args[1] *>&1; $global:code = $LASTEXITCODE').AddArgument($Order).AddArgument($step)
            $output = try {
                $session.Invoke()
            } catch {
                "thrown: $($_.Exception.InnerException.Message ?? $_.Exception.Message)".Split("`n")[0]
            }
            $marks = @(
                if ($null -ne $Order['ExitCode']) { $Order['ExitCode'] }
                if ($Order['IsRefused']) { 'refused' }
                if ($Order['EndsInError']) { 'ends in error' }
                if (-not $Order.ContainsKey('ExitCode') -and -not $Order['IsRefused'] -and $session.Runspace.SessionStateProxy.GetVariable('code')) {
                    'left with ' + $session.Runspace.SessionStateProxy.GetVariable('code')
                }
            )
            "$($output -join '|') > $marks"
        } finally {
            $session.Dispose()
        }
    }

    function New-Script([string] $Name, [string] $Text) {
        $path = Join-Path $TestDrive $Name
        [IO.File]::WriteAllText($path, $Text)
        $path
    }
}

Describe 'The order of a script' {
    It 'gives it the parameters that it has, and warns of the others' {
        $path = New-Script 'has.ps1' 'param($Name, [switch]$Force, [bool]$Yes = $true, [Alias("Al")]$Alias) "$Name/$Force/$Yes/$Alias"'
        Invoke-Order @{ kind = 'script'; step = 's'; path = $path; parameters = [ordered]@{ name = '$(x)'; Force = 'YES'; Yes = '0'; Al = 3; Zip = 1; Zap = 2 } } |
            Should -Be "Step 's': The script has no such parameters, so these were not used: Zip, Zap.|`$(x)/True/False/3 > 0"
    }

    It 'gives it what the playbook has only where it declares it and has none of its own' {
        $path = New-Script 'inherits.ps1' '[CmdletBinding()] param($A = 1, $B = 1, [switch]$C) "$A $B $C $VerbosePreference"'
        Invoke-Order @{ kind = 'script'; path = $path; parameters = @{ A = 2 }; inherited = @{ A = 3; B = 3; C = 'true'; D = 3; Verbose = 'true' } } |
            Should -Be '2 3 True SilentlyContinue > 0'
    }

    It 'has the exit code <Expected>: <Text>' -ForEach @(
        @{ Text = 'exit 7'; Expected = ' > 7' }
        @{ Text = 'exit 0'; Expected = ' > 0' }
        @{ Text = '1; & ([scriptblock]::Create("exit 200"))'; Expected = '1 > 200' }
        @{ Text = 'Write-Error e'; Expected = 'e > 0' }
        @{ Text = '<native> 3'; Expected = ' > 0' }
        @{ Text = '<native> 3; Get-Item /none/such -ErrorAction SilentlyContinue'; Expected = ' > 0' }
        @{ Text = 'if ($LASTEXITCODE) { "stale" }'; Expected = ' > 0' }
    ) {
        $native = $IsWindows ? 'cmd /c exit' : '/bin/sh -c ''exit $0'''
        $path = New-Script 'exits.ps1' $Text.Replace('<native>', $native)
        Invoke-Order @{ kind = 'script'; path = $path } | Should -Be $Expected
    }

    It 'fails: <Name>' -ForEach @(
        @{ Name = 'a throw'; Text = '1; throw "boom"'; Expected = 'thrown: boom > ' }
        @{ Name = 'parameters that do not fit'; Text = 'param([int]$N) 1'; Expected = 'Cannot process argument transformation on parameter *N*> refused' }
        @{ Name = 'no PowerShell'; Text = 'param($N) if ('; Expected = 'At *unreadable.ps1:1 *> refused' }
    ) {
        $path = New-Script 'unreadable.ps1' $Text
        Invoke-Order @{ kind = 'script'; path = $path; parameters = @{ N = 'abc' } } | Should -BeLike "*$Expected"
    }

    It 'takes the path as it is written' {
        $null = New-Item -ItemType Directory -Path (Join-Path $TestDrive 'b') -Force
        $path = New-Script '[b] $x.ps1' '$PSCommandPath'
        Invoke-Order @{ kind = 'script'; path = $path } | Should -Be "$path > 0"
        Invoke-Order @{ kind = 'script'; path = "$path.ps1" } | Should -Be "thrown: The script '$path.ps1' is not there, or it is no PowerShell script. > "
    }
}

Describe 'The order of a text' {
    It 'as a command: <Text>' -ForEach @(
        @{ Text = '<native> 4'; Expected = ' > 4' }
        @{ Text = '<native> 4; "fine" # and a comment'; Expected = 'fine > 0' }
        @{ Text = 'Get-Item /none/such'; Expected = "Cannot find path '*such' because it does not exist. > 0 ends in error" }
        @{ Text = 'param($A) "a=$A"'; Expected = 'a=1 > 0' }
        @{ Text = 'process { "p" }'; Expected = '*these were not used: A.|p > 0' }
        @{ Text = 'exit 7'; Expected = '*> left with 7' }
        @{ Text = 'throw "x"'; Expected = '*thrown: x > ' }
    ) {
        $native = $IsWindows ? 'cmd /c exit' : '/bin/sh -c ''exit $0'''
        Invoke-Order @{ kind = 'command'; text = $Text.Replace('<native>', $native); parameters = @{ A = 1 } } | Should -BeLike "*$Expected"
    }

    It 'as a block, whose errors and leftover codes are no failure' {
        $native = $IsWindows ? 'cmd /c exit' : '/bin/sh -c ''exit $0'''
        Invoke-Order @{ kind = 'block'; text = "$native 3; Write-Error e" } | Should -Be 'e > 0'
    }

    It 'finds what the playbook has' {
        Invoke-Order @{
            kind      = 'command'
            text      = '"$Port $OE_VALUE_1 $_ $($params.q) $($env.context) $($steps.build.output) $PWD $PSScriptRoot"'
            variables = [ordered]@{ Port = 80; OE_VALUE_1 = '"; exit 3 #$(exit 4)'; _ = 'item'; PID = 1 }
            params    = @{ q = 'Q' }
            context   = 'dev'
            steps     = @{ build = @{ output = 'out' } }
            directory = "$TestDrive"
            file      = Join-Path $TestDrive 'p.psd1'
            line      = 7
        } | Should -BeLike "*'PID' was not set,*|80 `"; exit 3 #`$(exit 4) item Q dev out $TestDrive $TestDrive > 0"
    }

    It 'has its place in the playbook in its errors' {
        $order = @{ kind = 'block'; text = "1`nif ("; file = '/p/q.psd1'; line = 7 }
        Invoke-Order $order | Should -BeLike 'thrown: *q.psd1:8*'
    }

    It 'names the step and counts its lines in its errors, where it is not known where it stands: <File>' -ForEach @(
        @{ File = ''; Place = "step 'outer > inner'"; Root = '' }
        @{ File = '/p/q.yaml'; Place = "/p/q.yaml, step 'outer > inner'"; Root = '/p' }
    ) {
        $text = 'try { ' + "`n" + 'Get-Item none/such -ErrorAction Stop } catch { "$($_.InvocationInfo.ScriptName)|$($_.InvocationInfo.ScriptLineNumber)|$PSScriptRoot" }'
        Invoke-Order @{ kind = 'command'; step = 'outer/inner'; text = $text; file = $File } | Should -Be "$Place|2|$Root > 0"
        Invoke-Order @{ kind = 'command'; step = 'outer/inner'; text = "1`nif ("; file = $File } | Should -BeLike "thrown: At $($Place -replace "'", '*'):2*"
    }

    It 'as a condition, has its truth for output' {
        Invoke-Order @{ ask = 'decide'; kind = 'block'; text = '$params.n -gt 10'; params = @{ n = 5 } } | Should -Be 'False > 0'
    }
}

Describe 'The order of a command of a module' {
    It '<Name>' -ForEach @(
        @{ Name = 'calls it'; Function = 'Get-It'; Parameters = @{ N = 2 }; Expected = '2 > 0' }
        @{ Name = 'fails by its terminating errors'; Function = 'Stop-It'; Parameters = @{}; Expected = 'thrown: stopped > ' }
        @{ Name = 'does not fail by errors that it writes'; Function = 'Write-It'; Parameters = @{}; Expected = 'written > 0' }
        @{ Name = 'fails by parameters that do not fit'; Function = 'Get-It'; Parameters = @{ M = 2 }; Expected = "thrown: A parameter cannot be found that matches parameter name 'M'. > " }
        @{ Name = 'fails if there is none'; Function = 'Get-That'; Parameters = @{}; Expected = "thrown: The module 'OeStepTest' has no command 'Get-That'. > " }
    ) {
        $folder = Join-Path $TestDrive 'modules/OeStepTest'
        $null = New-Item -ItemType Directory -Path $folder -Force
        Set-Content (Join-Path $folder 'OeStepTest.psm1') @'
function Get-It { [CmdletBinding()] param([int]$N) $N }
function Stop-It { [CmdletBinding()] param() $PSCmdlet.ThrowTerminatingError([Management.Automation.ErrorRecord]::new([Exception]::new('stopped'), 'i', 0, $null)) }
function Write-It { [CmdletBinding()] param() $PSCmdlet.WriteError([Management.Automation.ErrorRecord]::new([Exception]::new('written'), 'i', 0, $null)) }
'@
        Invoke-Order @{ kind = 'function'; module = 'OeStepTest'; modulePath = @(Join-Path $TestDrive 'modules'); function = $Function; parameters = $Parameters } |
            Should -Be $Expected
    }
}

Describe 'The order of nothing' {
    It 'does nothing and succeeds' {
        Invoke-Order @{ kind = 'nothing' } | Should -Be ' > 0'
    }
}
