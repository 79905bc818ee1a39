# What the Pester files share: the module under test, hang guards, and fresh processes.
Set-StrictMode -Version Latest

$repository = [IO.Path]::GetFullPath((Join-Path $PSScriptRoot '../..'))
$manifest = Join-Path $repository 'pwsh/OrchestrationEngine/OrchestrationEngine.psd1'
$module = Import-Module $manifest -PassThru -Global

# Where the module under test lies.
function Get-ModuleManifestPath { $manifest }

# A script in a session of its own, as a background runspace of this process, with the module imported.
function Start-Session {
    param([Parameter(Mandatory)] [scriptblock] $ScriptBlock, [object[]] $ArgumentList = @())

    $state = [initialsessionstate]::CreateDefault2()
    $state.ImportPSModule($module.Path)
    $shell = [powershell]::Create($state)
    # The block's tree, because a block itself belongs to the runspace that made it.
    $null = $shell.AddScript('param($__block, $__list) & $__block.GetScriptBlock() @__list')
    $null = $shell.AddArgument($ScriptBlock.Ast).AddArgument($ArgumentList)
    $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
    $none = [System.Management.Automation.PSDataCollection[psobject]]::new()
    $none.Complete()
    $running = $shell.BeginInvoke($none, $output)
    [pscustomobject]@{ Shell = $shell; Running = $running; Output = $output }
}

# An empty shell with a session of its own, in which the module is imported; both are to be removed.
function New-Shell {
    param([System.Management.Automation.PSLanguageMode] $Mode = 'FullLanguage')

    $state = [initialsessionstate]::CreateDefault2()
    $state.ImportPSModule($manifest)
    $shell = [powershell]::Create($state)
    $shell.Runspace.SessionStateProxy.LanguageMode = $Mode
    $shell
}

function Remove-Shell {
    param([Parameter(Mandatory)] [powershell] $Shell)

    $Shell.Runspace.Dispose()
    $Shell.Dispose()
}

# Waits for a session to end by itself; the output is its output, and what ended it is thrown.
function Wait-Session {
    param([Parameter(Mandatory)] $Session, [int] $LimitSeconds = 60)

    if (-not $Session.Running.AsyncWaitHandle.WaitOne([timespan]::FromSeconds($LimitSeconds))) {
        $null = $Session.Shell.BeginStop($null, $null)
        throw "The session still ran after $LimitSeconds s."
    }
    try { $null = $Session.Shell.EndInvoke($Session.Running) }
    catch { if ($_.Exception.InnerException) { throw $_.Exception.InnerException } else { throw } }
    finally {
        # What no test looks at; it says why when one fails.
        $Session.Shell.Streams.Error | ForEach-Object { Write-Warning "in the session: $_" }
        Remove-Shell $Session.Shell
    }
    $Session.Output.ReadAll()
}

# Stops a session as Ctrl+C does, and waits until it has stopped.
function Stop-Session {
    param([Parameter(Mandatory)] $Session, [int] $LimitSeconds = 60)

    $stopping = $Session.Shell.BeginStop($null, $null)
    if (-not $stopping.AsyncWaitHandle.WaitOne([timespan]::FromSeconds($LimitSeconds))) {
        throw "The session had not stopped after $LimitSeconds s."
    }
    $Session.Shell.EndStop($stopping)
    $state = $Session.Shell.InvocationStateInfo.State
    Remove-Shell $Session.Shell
    $state
}

# A script that might hang: its output, or an error after the limit.
function Invoke-WithLimit {
    param(
        [Parameter(Mandatory)] [scriptblock] $ScriptBlock,
        [object[]] $ArgumentList = @(),
        [int] $LimitSeconds = 60
    )

    Wait-Session (Start-Session $ScriptBlock $ArgumentList) $LimitSeconds
}

# A script in a pwsh process of its own, with the module imported: output lines, error text and exit code.
function Invoke-Fresh {
    param(
        [Parameter(Mandatory)] [string] $Script,
        [string] $Manifest = $manifest,
        [int] $LimitSeconds = 90,
        # Called with the process once a line of output says READY.
        [scriptblock] $WhenReady
    )

    $file = Join-Path ([IO.Path]::GetTempPath()) "oe-test-$([guid]::NewGuid()).ps1"
    Set-Content -LiteralPath $file "`$PSStyle.OutputRendering = 'PlainText'`nImport-Module '$Manifest'`n$Script"
    $start = [Diagnostics.ProcessStartInfo]::new((Get-Process -Id $PID).Path)
    $start.RedirectStandardOutput = $start.RedirectStandardError = $true
    '-NoProfile', '-NonInteractive', '-File', $file | ForEach-Object { $start.ArgumentList.Add($_) }
    $process = [Diagnostics.Process]::Start($start)
    $until = [datetime]::UtcNow.AddSeconds($LimitSeconds)
    try {
        $errorText = $process.StandardError.ReadToEndAsync()
        $lines = [Collections.Generic.List[string]]::new()
        while ($true) {
            $reading = $process.StandardOutput.ReadLineAsync()
            $left = $until - [datetime]::UtcNow
            if ($left -lt 0 -or -not $reading.Wait($left)) { throw "The process still ran after $LimitSeconds s." }
            if ($null -eq $reading.Result) { break }
            if ($WhenReady -and $reading.Result -eq 'READY') { & $WhenReady $process } else { $lines.Add($reading.Result) }
        }
        if (-not $process.WaitForExit([timespan]::FromSeconds($LimitSeconds))) {
            throw "The process had not ended $LimitSeconds s after its output."
        }
        [pscustomobject]@{ Output = $lines.ToArray(); ErrorText = $errorText.Result; ExitCode = $process.ExitCode }
    } finally {
        if (-not $process.HasExited) { $process.Kill($true) }
        $process.Dispose()
        Remove-Item -LiteralPath $file -Force
    }
}

# The one pool of calls in FullLanguage that import nothing.
function Get-PlainPool { Get-OrchestrationPool | Where-Object { $_.LanguageMode -eq 'FullLanguage' -and -not $_.Imports } }

# The same, which is there after the first call.
function Get-FullLanguagePool {
    $null = Invoke-ParallelOrchestration { }
    Get-PlainPool
}

# Whether a process can be sent what Ctrl+C sends, and its children do not ignore it, as in the background of a shell.
function Test-Interruptible {
    $ignored = if (Test-Path /proc/self/status) { (Get-Content /proc/self/status) -match '^SigIgn:' -replace '^SigIgn:\s*' }
    (Test-Path /bin/kill) -and -not ($ignored -and ([Convert]::ToUInt64("$ignored", 16) -band 2))
}

# Waits until a condition holds, and says whether it came to hold.
function Wait-Until {
    param([Parameter(Mandatory)] [scriptblock] $Condition, [int] $LimitSeconds = 30)

    $until = [datetime]::UtcNow.AddSeconds($LimitSeconds)
    while (-not (& $Condition)) {
        if ([datetime]::UtcNow -gt $until) { return $false }
        Start-Sleep -Milliseconds 20
    }
    $true
}

# What bars of our calls a session has shown so far: status, without the rate, and percent; Completed ends in a dot.
function Get-Bar {
    param([Parameter(Mandatory)] $Session)

    @($Session.Shell.Streams.Progress) | Where-Object Activity -EQ 'Invoke-ParallelOrchestration' | ForEach-Object {
        '{0} {1}%{2}' -f ($_.StatusDescription -replace ', [\d.,]+/(s|min)$'), $_.PercentComplete, $(if ($_.RecordType -eq 'Completed') { '.' })
    }
}

# Waits until a session has shown a bar, and says whether it has.
function Wait-Bar {
    param([Parameter(Mandatory)] $Session, [Parameter(Mandatory)] [string] $Text)

    Wait-Until { (Get-Bar $Session) -contains $Text }
}

# A record of a stream as one word and its text, to compare whole outputs.
function Get-StreamText {
    param([Parameter(ValueFromPipeline)] $InputObject)

    process {
        $name = switch ($InputObject) {
            { $_ -is [System.Management.Automation.ErrorRecord] } { 'error'; break }
            { $_ -is [System.Management.Automation.WarningRecord] } { 'warning'; break }
            { $_ -is [System.Management.Automation.VerboseRecord] } { 'verbose'; break }
            { $_ -is [System.Management.Automation.DebugRecord] } { 'debug'; break }
            { $_ -is [System.Management.Automation.InformationRecord] } { 'information'; break }
            default { 'output' }
        }
        "$name $InputObject"
    }
}

# A block that writes to every stream, a letter each and the item: output first and last.
function Get-BlockOfEveryStream {
    {
        "a$_"
        Write-Error "b$_"
        Write-Warning "c$_"
        Write-Verbose "d$_" -Verbose
        Write-Debug "e$_" -Debug
        Write-Information "f$_"
        Write-Host "g$_"
        Write-Progress -Activity "p$_" -Status s -PercentComplete 50
        "h$_"
    }
}

Export-ModuleMember -Function *
