# A pwsh process that the engine keeps warm: it carries out one order after another and answers each.
#
# Orders and answers travel over a Unix domain socket, on Windows a named pipe; .NET's client for named pipes opens both,
# so there is one code path. Its handle is not inherited by what steps start, so no program can hold the channel open or
# write into it, and stdout and stderr stay free for whatever steps print. Both ends send frames: four bytes with the
# length, lowest first, and that many bytes of JSON in UTF-8. The engine sends `run` (number, mark, order) and `stop`;
# the worker says `ready` once, `began` and `done` for each order, in between `wrote` if the order `tells`. Behind what a step printed comes its mark, on both
# streams, so that the engine knows where the output of the step ends.
#
# When the channel closes the engine is gone, and the worker goes, too, with what its step has started.
#
# An order runs in a runspace of this process, by step.ps1 as a script file: an `exit` anywhere in a step ends that file
# and not the worker. The runspace is reset after the step. Where a reset is not enough, because functions, aliases,
# drives, modules or jobs are not as they were, there is a new one, opened while nobody waits for it.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseUsingScopeModifierInNewRunspaces', '', Justification = 'The texts get what they need as arguments')]
param([Parameter(Mandatory)] [string] $Channel)

$ErrorActionPreference = 'Stop'
Set-StrictMode -Version Latest

# Also in src/process/powershell/frames.rs.
$mostFrameBytes = 32MB
# What is kept of a step's output, and of what it wrote beside it.
$mostObjects = 100000
$mostText = 4MB
$mostRecords = 10000
$mostDepth = 16

$folder = $PSScriptRoot
$step = Join-Path $folder 'step.ps1'
$printed = [Console]::OpenStandardOutput()
$complained = [Console]::OpenStandardError()
$utf8 = [Text.UTF8Encoding]::new($false)
[Console]::OutputEncoding = $utf8
$environment = [Environment]::GetEnvironmentVariables()
$startFolder = [Environment]::CurrentDirectory

$pipe = [IO.Pipes.NamedPipeClientStream]::new('.', $Channel, [IO.Pipes.PipeDirection]::InOut, [IO.Pipes.PipeOptions]::Asynchronous)
try {
    $pipe.Connect(10000)
} catch {
    # The engine has gone meanwhile.
    [Console]::Error.WriteLine("$_")
    [IO.Directory]::Delete($folder, $true)
    [Environment]::Exit(1)
}

# ---- Frames ------------------------------------------------------------------

# Starts to read so many bytes. The task has fewer if the channel closes.
function Start-Reading([int] $Length) {
    $bytes = [byte[]]::new($Length)
    @{ Bytes = $bytes; Task = $pipe.ReadAtLeastAsync($bytes, $Length, $false).AsTask() }
}

# Waits for what was started; nothing if the channel has closed.
function Complete-Reading($Reading) {
    try {
        if ($Reading.Task.GetAwaiter().GetResult() -eq $Reading.Bytes.Length) { return , $Reading.Bytes }
    } catch [IO.IOException], [ObjectDisposedException] {
        return
    }
}

# The rest of a frame whose length has come.
function Read-Frame([byte[]] $Head) {
    $length = [BitConverter]::ToUInt32($Head, 0)
    if ($length -gt $mostFrameBytes) { throw "A frame of $length bytes came; $mostFrameBytes may come." }
    $body = Complete-Reading (Start-Reading $length)
    if ($null -eq $body) { return }
    $options = [Text.Json.JsonDocumentOptions]::new()
    $options.MaxDepth = 256
    $document = [Text.Json.JsonDocument]::Parse([IO.MemoryStream]::new($body), $options)
    ConvertFrom-Element $document.RootElement
}

function Send-Frame([byte[]] $Body) {
    $frame = [byte[]]::new(4 + $Body.Length)
    [BitConverter]::GetBytes([uint32] $Body.Length).CopyTo($frame, 0)
    $Body.CopyTo($frame, 4)
    $pipe.Write($frame, 0, $frame.Length)
    $pipe.Flush()
}

# ---- Values ------------------------------------------------------------------

# Dictionaries keep their order and ignore case, as those of a playbook; texts that look like dates stay texts.
function ConvertFrom-Element([Text.Json.JsonElement] $Element) {
    switch ($Element.ValueKind) {
        'Object' {
            $table = [ordered]@{}
            foreach ($property in $Element.EnumerateObject()) {
                $table[[object] $property.Name] = ConvertFrom-Element $property.Value
            }
            return $table
        }
        'Array' {
            $list = [object[]]::new($Element.GetArrayLength())
            for ($i = 0; $i -lt $list.Length; $i++) { $list[$i] = ConvertFrom-Element $Element[$i] }
            return , $list
        }
        'String' { return $Element.GetString() }
        'Number' {
            $whole = [long] 0
            if (-not $Element.TryGetInt64([ref] $whole)) { return $Element.GetDouble() }
            if ($whole -ge [int]::MinValue -and $whole -le [int]::MaxValue) { return [int] $whole }
            return $whole
        }
        'True' { return $true }
        'False' { return $false }
        default { return $null }
    }
}

# Writes what conditions and templates can see: of anything but plain values, lists and tables there is only the text.
function Write-Value([Text.Json.Utf8JsonWriter] $Json, $Value, [int] $Depth) {
    if ($Json.BytesCommitted + $Json.BytesPending -gt $mostText) { return $Json.WriteNullValue() }
    if ($Value -is [psobject] -and $Value -isnot [Management.Automation.PSCustomObject]) { $Value = $Value.psobject.BaseObject }
    if ($null -eq $Value) { return $Json.WriteNullValue() }
    if ($Value -is [bool]) { return $Json.WriteBooleanValue($Value) }
    if ($Value -is [int] -or $Value -is [long]) { return $Json.WriteNumberValue([long] $Value) }
    if ($Value -is [double] -and [double]::IsFinite($Value)) {
        $text = $Value.ToString('R', [cultureinfo]::InvariantCulture)
        # Without a point it would come back as a whole number.
        if ($text -notmatch '[.E]') { $text += '.0' }
        return $Json.WriteRawValue($text)
    }
    if ($Value -is [string]) { return $Json.WriteStringValue($Value) }
    if ($Depth -lt $mostDepth) {
        if ($Value -is [Collections.IList]) {
            $Json.WriteStartArray()
            foreach ($item in $Value) { Write-Value $Json $item ($Depth + 1) }
            return $Json.WriteEndArray()
        }
        if ($Value -is [Collections.IDictionary]) {
            $Json.WriteStartObject()
            foreach ($entry in $Value.GetEnumerator()) { $Json.WritePropertyName([string] $entry.Key); Write-Value $Json $entry.Value ($Depth + 1) }
            return $Json.WriteEndObject()
        }
        if ($Value -is [Management.Automation.PSCustomObject]) {
            $Json.WriteStartObject()
            foreach ($property in $Value.psobject.Properties) {
                if ($property -is [psnoteproperty]) { $Json.WritePropertyName($property.Name); Write-Value $Json $property.Value ($Depth + 1) }
            }
            return $Json.WriteEndObject()
        }
    }
    $text = try { [Management.Automation.LanguagePrimitives]::ConvertTo($Value, [string]) } catch { $Value.GetType().FullName }
    $Json.WriteStringValue($text)
}

# Nothing here gets into a web page, and escaped XML would take six times the room.
$jsonOptions = [Text.Json.JsonWriterOptions]::new()
$jsonOptions.Encoder = [Text.Encodings.Web.JavaScriptEncoder]::UnsafeRelaxedJsonEscaping

# The bytes of a JSON object that the block writes.
function New-Json([scriptblock] $Write) {
    $bytes = [IO.MemoryStream]::new()
    $json = [Text.Json.Utf8JsonWriter]::new($bytes, $jsonOptions)
    $json.WriteStartObject()
    . $Write
    $json.WriteEndObject()
    $json.Flush()
    , $bytes.ToArray()
}

# ---- Runspaces ---------------------------------------------------------------

$state = [initialsessionstate]::CreateDefault2()
# Else every step would load them again.
$null = $state.ImportPSModule('Microsoft.PowerShell.Management', 'Microsoft.PowerShell.Utility')

# What a reset leaves alone, as texts to compare. What modules have brought counts by the module.
$lookText = @'
foreach ($it in $ExecutionContext.InvokeCommand.GetCommands('*', [Management.Automation.CommandTypes] 'Function,Filter,Alias', $true)) {
    if ($null -ne $it.Module) { continue }
    if ($it.CommandType -eq 'Alias') { "alias $($it.Name) $($it.Definition)" } else { "function $($it.Name) $($it.ScriptBlock.GetHashCode())" }
}
foreach ($it in $ExecutionContext.SessionState.Drive.GetAll()) { "drive $($it.Name) $($it.Root)" }
foreach ($it in Get-Module) { "module $($it.Path)" }
foreach ($it in Get-Job) { "job $($it.Id)" }
'@

function Get-Table($Runspace) {
    $look = [powershell]::Create()
    try {
        $look.Runspace = $Runspace
        $look.AddScript($lookText, $true).Invoke() -join "`n"
    } finally {
        $look.Dispose()
    }
}

# What a place has to have for an order: the modules that the playbook names. They stay loaded for steps that name the
# same ones.
function Get-Need($Order) {
    $needs = @{ kind = 'nothing'; modules = @(@($Order['modules']) + $Order['module'] | Where-Object { $_ }); modulePath = @($Order['modulePath'] | Where-Object { $_ }) }
    $needs['name'] = @($needs.modules + $needs.modulePath) -join "`n"
    $needs
}

# A runspace with the modules in it, and what else is there. What cannot be loaded is said by the step that needs it.
function Open-Place($Needs) {
    $runspace = [runspacefactory]::CreateRunspace($state)
    $runspace.ThreadOptions = 'ReuseThread'
    $runspace.Open()
    if ($Needs.modules) {
        $loading = [powershell]::Create()
        try {
            $loading.Runspace = $runspace
            $null = $loading.AddScript('$_ = $args[0]; & $args[1]').AddArgument($Needs).AddArgument($step).Invoke()
        } catch {
            Write-Debug "$_"
        } finally {
            $loading.Dispose()
        }
        $runspace.ResetRunspaceState()
    }
    @{ Runspace = $runspace; Needs = $Needs; Tables = Get-Table $runspace }
}

# ---- Steps -------------------------------------------------------------------

# Runs a step, and keeps what it puts out within bounds while it comes: a step may put out more than fits in memory.
$runText = @'
param($order, $step, $kept)
$_ = $order
$stream = 0
& $step *>&1 | & {
    begin {
        # Says what the step writes while it runs, to an engine that listens. No other thread writes frames meanwhile.
        $tell = {
            param([int] $stream, [string] $text)
            try {
                $text = [Text.Json.JsonEncodedText]::Encode($text).ToString()
                $body = [Text.Encoding]::UTF8.GetBytes("{`"kind`":`"wrote`",`"number`":$($kept.Number),`"stream`":$stream,`"text`":`"$text`"}")
                $frame = [byte[]]::new(4 + $body.Length)
                [BitConverter]::GetBytes([uint32] $body.Length).CopyTo($frame, 0)
                $body.CopyTo($frame, 4)
                $kept.Pipe.Write($frame, 0, $frame.Length)
                $kept.Pipe.Flush()
            } catch [ArgumentException], [IO.IOException] {
                # Half of a letter, or the engine has gone. It is in the answer.
                $kept.TellsOutput = $false
            }
        }
    }
    process {
        # Most of what comes in masses.
        if ($_ -is [string]) {
            if ($kept.Lost) { $kept.Lost++; return }
            $kept.Text += $_.Length
        } elseif ($_ -is [Management.Automation.ErrorRecord]) { $stream = 2; $text = $_.ToString(); $kept.LastError = $text }
        elseif ($_ -is [Management.Automation.WarningRecord]) { $stream = 3; $text = $_.Message }
        elseif ($_ -is [Management.Automation.VerboseRecord]) { $stream = 4; $text = $_.Message }
        elseif ($_ -is [Management.Automation.DebugRecord]) { $stream = 5; $text = $_.Message }
        elseif ($_ -is [Management.Automation.InformationRecord]) {
            if ($_.MessageData -is [Management.Automation.HostInformationMessage]) {
                $stream = 16; $text = "$($_.MessageData.Message)" + $(if (-not $_.MessageData.NoNewLine) { "`n" })
            } else { $stream = 6; $text = "$($_.MessageData)" }
        }
        if ($stream) {
            $kept.Said += $text.Length
            if ($kept.Streams.Count -lt $kept.MostRecords -and $kept.Said -le $kept.MostText) {
                $kept.Streams.Add(@($stream, $text))
                if ($kept.Tells -and $stream -in 2, 3, 16) { & $tell $stream "$(if ($stream -eq 3) { 'warning: ' })$text$(if ($stream -ne 16) { "`n" })" }
            } else { $kept.Unsaid++ }
            $stream = 0
        } elseif ($kept.Lost -or $kept.Output.Count -ge $kept.MostObjects -or $kept.Text -gt $kept.MostText) { $kept.Lost++ }
        else {
            $kept.Output.Add($_)
            # Of other values only the answer has the text, and nothing may overtake them.
            if ($kept.TellsOutput) { if ($_ -is [string] -or $_ -is [int]) { & $tell 1 "$_`n" } else { $kept.TellsOutput = $false } }
        }
    }
}
# Without a code here, an exit has ended the script.
if (-not $order.Contains('ExitCode') -and -not $order.Contains('IsRefused')) { $order['ExitCode'] = $LASTEXITCODE }
'@

function Set-StepEnvironment($Order) {
    $path = @($Order['modulePath'] | Where-Object { $_ })
    if ($path) { $env:PSModulePath = ($path + $env:PSModulePath) -join [IO.Path]::PathSeparator }
    if ($Order['environment']) {
        foreach ($entry in $Order['environment'].GetEnumerator()) {
            [Environment]::SetEnvironmentVariable($entry.Key, $entry.Value ?? [NullString]::Value)
        }
    }
    $Order['directory'] ??= $startFolder
    # Where it is not there, the step says so.
    if ([IO.Directory]::Exists($Order['directory'])) { [Environment]::CurrentDirectory = $Order['directory'] }
}

function Restore-Process {
    $now = [Environment]::GetEnvironmentVariables()
    foreach ($name in @($now.Keys)) {
        if (-not $environment.Contains($name)) { [Environment]::SetEnvironmentVariable($name, [NullString]::Value) }
    }
    foreach ($name in @($environment.Keys)) {
        if ($now[$name] -cne $environment[$name]) { [Environment]::SetEnvironmentVariable($name, $environment[$name]) }
    }
    # A reset goes to the current folder, and PowerShell reads every folder above it for that.
    [Environment]::CurrentDirectory = [IO.Path]::GetPathRoot($startFolder)
}

# A step may have put anything into $LASTEXITCODE.
function Get-Code($Order) { ($Order['ExitCode'] ?? 0) -as [int] ?? 1 }

# Why a step failed; nothing if it did not.
function Get-Failure($Order, $Kept, $Thrown) {
    if ($Thrown) {
        $cause = $Thrown.Exception.InnerException
        $record = if ($cause -is [Management.Automation.RuntimeException] -and $cause.ErrorRecord) { $cause.ErrorRecord } else { $Thrown }
        $message = $record.Exception.Message
        $at = $record.InvocationInfo
        if ($at -and $at.ScriptName -and $at.ScriptName -ne $step -and -not $message.Contains($at.ScriptName)) {
            $message += " ($($at.ScriptName):$($at.ScriptLineNumber))"
        }
        return @{ Message = $message; Kind = 0 }
    }
    if ($Order['IsRefused']) { return @{ Message = $Kept.LastError ?? 'It could not be called.'; Kind = 0 } }
    if ($Order['EndsInError'] -and $Kept.LastError) { return @{ Message = $Kept.LastError; Kind = 0 } }
    $code = Get-Code $Order
    $codes = @($Order['successCodes'] ?? 0) + @($Order['rebootCodes'] ?? @())
    if ($code -notin $codes) { return @{ Message = "It ended with exit code $code."; Kind = $code } }
}

# The answer to an order, in the form in which the module's workers report. Whether a restart is needed, the exit code says.
function Write-Answer([Text.Json.Utf8JsonWriter] $Json, $Order, $Kept, $Thrown) {
    $failure = Get-Failure $Order $Kept $Thrown
    if (-not $Thrown -and -not $Order['IsRefused']) { $Json.WriteNumber('exitCode', [int] (Get-Code $Order)) }
    if ($failure) {
        $Json.WriteStartObject('error')
        $Json.WriteString('message', [string] $failure.Message)
        $Json.WriteNumber('kind', $failure.Kind -band 0xFFFF)
        $Json.WriteEndObject()
    } elseif ($Order['ask'] -eq 'decide') {
        $Json.WriteBoolean('runs', [Management.Automation.LanguagePrimitives]::IsTrue($Kept.Output))
    }
    if ($Kept.Unsaid) { $Kept.Streams.Add(@(3, "$($Kept.Unsaid) more records were left out.")) }
    $Json.WriteStartArray('streams')
    foreach ($said in $Kept.Streams) {
        $Json.WriteStartObject()
        $Json.WriteNumber('stream', [int] $said[0])
        $Json.WriteString('text', [string] $said[1])
        $Json.WriteEndObject()
    }
    $Json.WriteEndArray()
    if ($Order['ask'] -ne 'decide') { Write-Kept $Json $Kept }
}

# As values, and as PowerShell's own XML, of which typed objects are made again. What is too large is left out.
function Write-Kept([Text.Json.Utf8JsonWriter] $Json, $Kept) {
    $blob = if ($Kept.Output.Count) { try { [Management.Automation.PSSerializer]::Serialize($Kept.Output.ToArray(), 2) } catch { $null } }
    if ($blob -and $blob.Length -gt $mostText) { $blob = $null }
    $bytes = [IO.MemoryStream]::new()
    $value = [Text.Json.Utf8JsonWriter]::new($bytes, $jsonOptions)
    Write-Value $value $Kept.Output 0
    $value.Flush()
    $fits = $bytes.Length -le $mostText
    if ($fits) {
        $Json.WritePropertyName('output')
        $Json.WriteRawValue([Text.Encoding]::UTF8.GetString($bytes.ToArray()))
    }
    if ($blob) { $Json.WriteString('blob', $blob) }
    $Json.WriteBoolean('partial', $Kept.Lost -gt 0 -or ($Kept.Output.Count -gt 0 -and -not $blob))
}

# Ends this process and what its step has started: they are one process group, led by this process. Windows has none.
function Stop-Everything {
    if ($IsWindows) { taskkill.exe /F /T /PID $PID | Out-Null } else { [Diagnostics.Process]::Start('/bin/sh', [string[]] @('-c', 'kill -9 0')).WaitForExit() }
    [Environment]::Exit(1)
}

# Asks the programs that the step has started to end: a pipeline that is stopped kills the program that it waits for, and
# then waits for those that this has started.
function Stop-Program {
    if (-not [IO.Directory]::Exists('/proc/self')) { return }
    $programs = foreach ($path in [IO.Directory]::GetDirectories('/proc')) {
        $id = [IO.Path]::GetFileName($path) -as [int]
        if (-not $id -or $id -eq $PID) { continue }
        # Behind the name, which may hold anything: the state, the parent, the group.
        $fields = try { ([IO.File]::ReadAllText("$path/stat") -replace '^.*\)\s*').Split(' ') } catch { continue }
        if ($fields.Count -gt 2 -and $fields[2] -eq "$PID") { $id }
    }
    if ($programs) { [Diagnostics.Process]::Start('/bin/sh', [string[]] @('-c', "kill -TERM $programs 2>/dev/null")).WaitForExit() }
}

function Remove-Folder {
    try { [IO.Directory]::Delete($folder, $true) } catch { Write-Debug "$_" }
}

# Waits for the end of a step, and meanwhile for the engine. Gives out what is being read of the next frame.
function Wait-Step($Session, [Threading.Tasks.Task] $Running, $Reading) {
    while ($true) {
        $first = [Threading.Tasks.Task]::WaitAny([Threading.Tasks.Task[]] @($Running, $Reading.Task))
        if ($first -eq 0) { return $Reading }
        $head = Complete-Reading $Reading
        $frame = if ($head) { Read-Frame $head }
        if (-not $frame) { Remove-Folder; Stop-Everything }
        if ($frame['kind'] -ne 'stop') { throw "A frame '$($frame['kind'])' came while a step ran." }
        $null = $Session.BeginStop($null, $null)
        Stop-Program
        $Reading = Start-Reading 4
    }
}

# Runs an order and answers it. Gives out what is being read of the next frame.
function Invoke-Order($Frame, $Place, $Reading) {
    $order = $Frame['order']
    $kept = @{
        Output = [Collections.Generic.List[object]]::new(); Text = [long] 0; Lost = 0; MostObjects = $mostObjects; MostText = $mostText
        Streams = [Collections.Generic.List[object]]::new(); Said = [long] 0; Unsaid = 0; MostRecords = $mostRecords; LastError = $null
        Number = $Frame['number']; Pipe = $pipe; Tells = [bool] $Frame['tells']; TellsOutput = [bool] $Frame['tells'] -and $order['ask'] -ne 'decide'
    }
    $session = [powershell]::Create()
    $session.Runspace = $Place.Runspace
    $null = $session.AddScript($runText).AddArgument($order).AddArgument($step).AddArgument($kept)
    $running = $session.InvokeAsync()
    $Reading = Wait-Step $session $running $Reading
    $thrown = $null
    try { $null = $running.GetAwaiter().GetResult() } catch { $thrown = $_ }
    $session.Dispose()
    $mark = $utf8.GetBytes($Frame['mark'])
    [Console]::Out.Flush()
    foreach ($stream in $printed, $complained) { $stream.Write($mark, 0, $mark.Length); $stream.Flush() }
    Send-Frame (New-Json {
            $json.WriteString('kind', 'done')
            $json.WriteNumber('number', [long] $Frame['number'])
            $json.WriteStartObject('answer')
            Write-Answer $json $order $kept $thrown
            $json.WriteEndObject()
        })
    $Reading
}

# The place for the next step: the same one, if nothing is left of the last step in it.
function Reset-Place($Place) {
    Restore-Process
    try {
        $Place.Runspace.ResetRunspaceState()
        $tables = Get-Table $Place.Runspace
        if ($null -eq $Place.Tables) { $Place.Tables = $tables }
        if ($tables -ceq $Place.Tables) { return $Place }
    } catch { Write-Debug "$_" }
    $Place.Runspace.Dispose()
    Open-Place $Place.Needs
}

$place = Open-Place (Get-Need @{})
Send-Frame (New-Json { $json.WriteString('kind', 'ready'); $json.WriteString('version', "$($PSVersionTable.PSVersion)") })
$reading = Start-Reading 4
while ($true) {
    $head = Complete-Reading $reading
    if ($null -eq $head) { break }
    $frame = Read-Frame $head
    if ($null -eq $frame) { break }
    $reading = Start-Reading 4
    # It asks for the end of a step that has ended.
    if ($frame['kind'] -eq 'stop') { continue }
    if ($frame['kind'] -ne 'run') { throw "A frame '$($frame['kind'])' came, which no worker knows." }
    Send-Frame (New-Json { $json.WriteString('kind', 'began'); $json.WriteNumber('number', [long] $frame['number']) })
    Set-StepEnvironment $frame['order']
    $needs = Get-Need $frame['order']
    if ($place.Needs.name -cne $needs.name) {
        $place.Runspace.Dispose()
        $place = Open-Place $needs
    }
    $reading = Invoke-Order $frame $place $reading
    $place = Reset-Place $place
}
Remove-Folder
[Environment]::Exit(0)
