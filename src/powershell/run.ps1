# Runs a step by step.ps1, and keeps what it puts out within bounds while it comes: a step may put out more than fits in
# memory. worker.ps1 calls it, in the runspace of the step.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidAssignmentToAutomaticVariable', '', Justification = 'The order goes on in it')]
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
