# A pwsh process that the engine keeps warm: it carries out one order after another and answers each.
#
# Orders and answers travel over a Unix domain socket, on Windows a named pipe; .NET's client for named pipes opens both,
# so there is one code path. Its handle is not inherited by what steps start, so no program can hold the channel open or
# write into it, and stdout and stderr stay free for whatever steps print. Both ends send frames: four bytes with the
# length, lowest first, and that many bytes of JSON in UTF-8. The engine sends `run` (number, mark, order) and `stop`;
# the worker says `ready` once, `began` and `done` for each order, in between `wrote` if the order `tells`. Behind what a
# step printed comes its mark, on both streams, so that the engine knows where the output of the step ends.
#
# When the channel closes the engine is gone, and the worker goes, too, with what its step has started.
#
# An order runs in a runspace of this process, by run.ps1 and step.ps1 as script files: an `exit` anywhere in a step ends
# such a file and not the worker. The runspace is reset after the step. Where a reset is not enough, because functions,
# aliases, drives, modules or jobs are not as they were, there is a new one, opened while nobody waits for it.
#
# What runs for each order is written to be quick: PowerShell compiles a text whenever it is given as one, and a script
# file only once; a pipeline costs as much as many statements, and so does the call of a function.
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
$run = Join-Path $folder 'run.ps1'
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
    $body = [byte[]]::new($length)
    # Most of the time it is there already.
    try { $pipe.ReadExactly($body, 0, $length) } catch [IO.IOException], [ObjectDisposedException] { return }
    $document = [Text.Json.JsonDocument]::Parse([IO.MemoryStream]::new($body), $readOptions)
    ConvertFrom-Element $document.RootElement
    $document.Dispose()
}

function Send-Frame([IO.MemoryStream] $Frame) {
    $body = [int] $Frame.Length - 4
    $Frame.Position = 0
    $Frame.Write([BitConverter]::GetBytes($body), 0, 4)
    $pipe.Write($Frame.GetBuffer(), 0, 4 + $body)
    $pipe.Flush()
}

function Send-Text([string] $Json) {
    $frame = [IO.MemoryStream]::new()
    $frame.Position = 4
    $body = $utf8.GetBytes($Json)
    $frame.Write($body, 0, $body.Length)
    Send-Frame $frame
}

# ---- Values ------------------------------------------------------------------

$readOptions = [Text.Json.JsonDocumentOptions]::new()
$readOptions.MaxDepth = 256
$isObject = [Text.Json.JsonValueKind]::Object
$isList = [Text.Json.JsonValueKind]::Array
$isText = [Text.Json.JsonValueKind]::String
$isNumber = [Text.Json.JsonValueKind]::Number
$isTrue = [Text.Json.JsonValueKind]::True
$isFalse = [Text.Json.JsonValueKind]::False

# Dictionaries keep their order and ignore case, as those of a playbook; texts that look like dates stay texts.
function ConvertFrom-Element($Element) {
    switch ($Element.ValueKind) {
        $isObject {
            $table = [ordered]@{}
            foreach ($property in $Element.EnumerateObject()) {
                $value = $property.Value
                $table[[object] $property.Name] = if ($value.ValueKind -eq $isText) { $value.GetString() } else { ConvertFrom-Element $value }
            }
            return $table
        }
        $isList {
            $list = [object[]]::new($Element.GetArrayLength())
            for ($i = 0; $i -lt $list.Length; $i++) { $list[$i] = ConvertFrom-Element $Element[$i] }
            return , $list
        }
        $isText { return $Element.GetString() }
        $isNumber {
            $whole = [long] 0
            if (-not $Element.TryGetInt64([ref] $whole)) { return $Element.GetDouble() }
            if ($whole -ge [int]::MinValue -and $whole -le [int]::MaxValue) { return [int] $whole }
            return $whole
        }
        $isTrue { return $true }
        $isFalse { return $false }
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

# ---- Runspaces ---------------------------------------------------------------

$state = [initialsessionstate]::CreateDefault2()
# Else every step would load them again.
$null = $state.ImportPSModule('Microsoft.PowerShell.Management', 'Microsoft.PowerShell.Utility')

# What a reset leaves alone, as values to compare.
function Get-Table($Runspace) {
    $proxy = $Runspace.SessionStateProxy
    $functions = @($proxy.InvokeCommand.GetCommands('*', 'Function, Filter', $true))
    $aliases = @($proxy.InvokeCommand.GetCommands('*', 'Alias', $true))
    $drives = $proxy.Drive.GetAll()
    $look = [powershell]::Create()
    try {
        $look.Runspace = $Runspace
        $loaded = $look.AddCommand('Get-Module').AddStatement().AddCommand('Get-Job').Invoke()
    } finally {
        $look.Dispose()
    }
    # An alias or a function that is defined again stays the same object, and gets another definition.
    , (@($functions.Name) + $functions.ScriptBlock + $aliases.Name + $aliases.Definition + $drives.Name + $drives.Root +
        @(foreach ($it in $loaded) { if ($it -is [Management.Automation.PSModuleInfo]) { $it.Path } else { $it.Id } }))
}

$nothing = @{ kind = 'nothing'; modules = @(); modulePath = @(); name = '' }

# What a place has to have for an order: the modules that the playbook names. They stay loaded for steps that name the
# same ones.
function Get-Need($Order) {
    if (-not ($Order['modules'] -or $Order['module'] -or $Order['modulePath'])) { return $nothing }
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
    $commands = $runspace.SessionStateProxy.InvokeCommand
    @{
        Runspace = $runspace; Needs = $Needs; Tables = Get-Table $runspace
        Run = $commands.GetCommand($run, 'ExternalScript'); Step = $commands.GetCommand($step, 'ExternalScript')
    }
}

# ---- Steps -------------------------------------------------------------------

function Set-StepEnvironment($Order) {
    $path = if ($Order['modulePath']) { @($Order['modulePath'] | Where-Object { $_ }) }
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

# Has a step find itself in its folder. PowerShell's own way there reads every folder above it for the case of its letters,
# which takes longer than a short step; where this cannot be sure of the way, the step goes there itself.
function Enter-Folder([string] $Folder, $Runspace) {
    $proxy = $Runspace.SessionStateProxy
    $drive = $proxy.Drive.Current
    $isSure = $Folder.StartsWith($drive.Root, [StringComparison]::Ordinal) -and [IO.Path]::GetFullPath($Folder) -ceq $Folder
    if (-not $isSure -or -not [IO.Directory]::Exists($Folder)) { return }
    $drive.CurrentLocation = [IO.Path]::TrimEndingDirectorySeparator($Folder.Substring($drive.Root.Length))
    $proxy.PSVariable.Set('PWD', $proxy.Path.CurrentLocation)
}

function Restore-Process {
    $now = [Environment]::GetEnvironmentVariables()
    $same = 0
    foreach ($entry in $environment.GetEnumerator()) {
        if ($now[$entry.Key] -ceq $entry.Value) { $same++ } else { [Environment]::SetEnvironmentVariable($entry.Key, $entry.Value) }
    }
    if ($now.Count -ne $same) {
        foreach ($name in @($now.Keys)) {
            if (-not $environment.Contains($name)) { [Environment]::SetEnvironmentVariable($name, [NullString]::Value) }
        }
    }
    # A reset goes to the current folder, and reads every folder above it.
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
    $null = $session.AddCommand($Place.Run).AddArgument($order).AddArgument($Place.Step).AddArgument($kept)
    $running = $session.InvokeAsync()
    $Reading = Wait-Step $session $running $Reading
    $thrown = $null
    try { $null = $running.GetAwaiter().GetResult() } catch { $thrown = $_ }
    $session.Dispose()
    $mark = $utf8.GetBytes($Frame['mark'])
    [Console]::Out.Flush()
    foreach ($stream in $printed, $complained) { $stream.Write($mark, 0, $mark.Length); $stream.Flush() }
    $bytes = [IO.MemoryStream]::new()
    $bytes.Position = 4
    $json = [Text.Json.Utf8JsonWriter]::new($bytes, $jsonOptions)
    $json.WriteStartObject()
    $json.WriteString('kind', 'done')
    $json.WriteNumber('number', [long] $Frame['number'])
    $json.WriteStartObject('answer')
    Write-Answer $json $order $kept $thrown
    $json.WriteEndObject()
    $json.WriteEndObject()
    $json.Flush()
    Send-Frame $bytes
    $Reading
}

# The place for the next step: the same one, if nothing is left of the last step in it.
function Reset-Place($Place) {
    Restore-Process
    try {
        $Place.Runspace.ResetRunspaceState()
        $tables = Get-Table $Place.Runspace
        if ([Linq.Enumerable]::SequenceEqual($tables, $Place.Tables)) { return $Place }
    } catch { Write-Debug "$_" }
    $Place.Runspace.Dispose()
    Open-Place $Place.Needs
}

$place = Open-Place $nothing
Send-Text "{`"kind`":`"ready`",`"version`":`"$($PSVersionTable.PSVersion)`"}"
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
    Send-Text ('{"kind":"began","number":' + $frame['number'] + '}')
    Set-StepEnvironment $frame['order']
    $needs = Get-Need $frame['order']
    if ($place.Needs.name -cne $needs.name) {
        $place.Runspace.Dispose()
        $place = Open-Place $needs
    }
    Enter-Folder $frame['order']['directory'] $place.Runspace
    $reading = Invoke-Order $frame $place $reading
    $place = Reset-Place $place
}
Remove-Folder
[Environment]::Exit(0)
