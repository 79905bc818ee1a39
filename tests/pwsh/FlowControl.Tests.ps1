# What ends an item ends that item only: none is lost, none runs twice, and what it put out before is kept.
BeforeAll {
    . (Join-Path $PSScriptRoot 'TestSetup.ps1')
}

Describe 'An item that ends by <Name>' -Tag Semantics -ForEach @(
    @{ Name = 'throw'; Status = 'Failed'; Block = { "in $_"; throw 'boom'; 'never' } }
    @{ Name = 'throw in a function'; Status = 'Failed'; Block = { function Stop-It { throw 'boom' }; "in $_"; Stop-It; 'never' } }
    @{ Name = 'an error with -ErrorAction Stop'; Status = 'Failed'; Block = { "in $_"; Get-Item "$PWD/none-$_" -ErrorAction Stop; 'never' } }
    @{ Name = 'an error under its own $ErrorActionPreference'; Status = 'Failed'; Block = { $ErrorActionPreference = 'Stop'; "in $_"; Write-Error 'boom'; 'never' } }
    @{ Name = 'a script-terminating error of a command'; Status = 'Failed'; Block = { "in $_"; & { [CmdletBinding()]param() $PSCmdlet.ThrowTerminatingError([System.Management.Automation.ErrorRecord]::new([Exception]::new('boom'), 'Id', 'NotSpecified', $null)) } -ErrorAction Stop; throw 'on' } }
    @{ Name = 'trap with break'; Status = 'Failed'; Block = { trap { break } "in $_"; throw 'boom'; 'never' } }
    @{ Name = 'return'; Status = 'Succeeded'; Block = { "in $_"; return; 'never' } }
    @{ Name = 'exit'; Status = 'Succeeded'; Block = { "in $_"; exit; 'never' } }
    @{ Name = 'exit with a code'; Status = 'Succeeded'; Block = { "in $_"; exit 7; 'never' } }
    @{ Name = 'exit in a function'; Status = 'Succeeded'; Block = { function Stop-It { exit 7 }; "in $_"; Stop-It; 'never' } }
    @{ Name = 'exit in finally'; Status = 'Succeeded'; Block = { try { "in $_" } finally { exit 7 }; 'never' } }
    @{ Name = 'exit in catch'; Status = 'Succeeded'; Block = { try { "in $_"; throw 'boom' } catch { exit 7 }; 'never' } }
    @{ Name = 'exit in a pipeline'; Status = 'Succeeded'; Block = { "in $_"; 1..3 | ForEach-Object { exit 7 }; 'never' } }
    @{ Name = 'break'; Status = 'Succeeded'; Block = { "in $_"; break; 'never' } }
    @{ Name = 'break in a function'; Status = 'Succeeded'; Block = { function Stop-It { break }; "in $_"; Stop-It; 'never' } }
    @{ Name = 'break to a label that is not there'; Status = 'Succeeded'; Block = { "in $_"; break nowhere; 'never' } }
    @{ Name = 'continue'; Status = 'Succeeded'; Block = { "in $_"; continue; 'never' } }
    @{ Name = 'continue to a label that is not there'; Status = 'Succeeded'; Block = { "in $_"; continue nowhere; 'never' } }
    @{ Name = 'a thrown PipelineStoppedException'; Status = 'Stopped'; Block = { "in $_"; throw [System.Management.Automation.PipelineStoppedException]::new(); 'never' } }
    @{ Name = 'a block with clauses that exits'; Status = 'Succeeded'; Block = { param($a) begin { "in $_" } process { exit 3 } end { 'never' } } }
    @{ Name = 'a block with clauses that throws'; Status = 'Failed'; Block = { param($a) begin { "in $_" } process { throw 'boom' } end { 'never' } } }
) {
    It 'is <Status>, and runs once; the others are as they are' {
        $alone, $mixed = Invoke-WithLimit {
            param($Block)
            , @(1..40 | Invoke-ParallelOrchestration -ThrottleLimit 3 -PassThru $Block.GetScriptBlock() | Sort-Object Index)
            $text = "if (`$_ % 2) { & $Block } else { `"fine `$_`" }"
            , @(1..20 | Invoke-ParallelOrchestration -ThrottleLimit 2 -PassThru ([scriptblock]::Create($text)) | Sort-Object Index)
        } $Block.Ast
        $alone.Status | Should -Be (@($Status) * 40)
        $alone.Output | Should -Be (1..40).ForEach({ "in $_" })
        $mixed.Status | Should -Be (@($Status, 'Succeeded') * 10)
        $mixed.Output | Should -Be (1..20).ForEach({ $_ % 2 ? "in $_" : "fine $_" })
    }
}

Describe 'Flow control inside an item' -Tag Semantics {
    It 'runs finally and clean blocks of an item that <_>' -ForEach 'exit 3', 'throw 1', 'return', 'break' {
        $seen = [Collections.Concurrent.ConcurrentQueue[string]]::new()
        $text = "try { $_ } finally { (`$using:seen).Enqueue('finally') }"
        1 | Invoke-ParallelOrchestration ([scriptblock]::Create($text)) -ErrorAction SilentlyContinue
        $text = "end { $_ } clean { (`$using:seen).Enqueue('clean') }"
        1 | Invoke-ParallelOrchestration ([scriptblock]::Create($text)) -ErrorAction SilentlyContinue
        $seen | Should -Be 'finally', 'clean'
    }

    It 'leaves a loop of the item by break, and goes on after it' {
        1 | Invoke-ParallelOrchestration {
            :outer foreach ($i in 1..3) { foreach ($j in 1..3) { if ($j -eq 2) { continue outer }; if ($i -eq 3) { break outer }; "$i$j" } }
            'after'
        } | Should -Be '11', '21', 'after'
    }

    It 'ends a called script by exit, with its code, and goes on after it' {
        $script = Join-Path $TestDrive 'exits.ps1'
        Set-Content $script "'script'; exit 5"
        1, 2 | Invoke-ParallelOrchestration -ThrottleLimit 1 { "[$LASTEXITCODE]"; & $using:script; $?; $LASTEXITCODE } |
            Should -Be '[]', 'script', $false, 5, '[]', 'script', $false, 5
    }

    It 'goes on after a statement that fails: 1/0' {
        $out = 1 | Invoke-ParallelOrchestration -PassThru { 'before'; 1 / 0; 'after' }
        $out.Status | Should -Be 'Succeeded'
        $out.Output | Should -Be 'before', 'after'
        $out.Errors.FullyQualifiedErrorId | Should -Be 'RuntimeException'
    }

    It 'goes on after trap with continue' {
        1 | Invoke-ParallelOrchestration { trap { "trapped $_"; continue } throw 'boom'; 'after' } | Should -Be 'trapped boom', 'after'
    }

    It 'has the item in $_ again after a catch, also a nested one' {
        'item' | Invoke-ParallelOrchestration {
            try { throw 'a' } catch { "$_"; try { throw 'b' } catch { "$_" }; "$_" }
            "$_"
        } | Should -Be 'a', 'b', 'a', 'item'
    }

    It 'does not touch $LASTEXITCODE of the caller' {
        $global:LASTEXITCODE = 42
        1..3 | Invoke-ParallelOrchestration { exit 7 }
        $LASTEXITCODE | Should -Be 42
        $global:LASTEXITCODE = 0
    }

    It 'does not end the process, nor give it an exit code' {
        $fresh = Invoke-Fresh '1..20 | Invoke-ParallelOrchestration { "item $_"; exit 7 } | Sort-Object { [int]$_.Substring(5) }; "the end"'
        $fresh.Output | Should -Be ((1..20).ForEach({ "item $_" }) + 'the end')
        $fresh.ErrorText | Should -BeNullOrEmpty
        $fresh.ExitCode | Should -Be 0
    }
}
