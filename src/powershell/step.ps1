# What a step of a playbook means in PowerShell. This is the only place that says so: the module's workers and the pwsh
# processes that the engine keeps both run this text.
#
# How it is called: in a scope of its own, with the order in $_. An order is a dictionary that ignores the case of its
# keys and may be written to; so are the dictionaries inside it. Its keys: ask (run or decide), kind (nothing, script,
# command, block or function), step, directory, path, text, file and line (where the text stands), module, function,
# parameters, inherited, variables, params, context, steps, modules, modulePath. A key that is not needed may be missing.
#
# What comes of it: output and streams flow as they are written. A throw means that the step failed. What else there is
# to know is written into the order:
#   ExitCode     A number. The caller judges it: a code of success or of "restart needed", else "It ended with code N."
#                It is missing after an `exit` in a command, block or function, which ends this script too: only its
#                caller can tell that code. In a script file, `exit` ends the file and the code is here.
#   IsRefused    $true: the command could not be called at all, so the step failed; the last error says why.
#   EndsInError  $true: the last command of a command's text wrote an error. The step failed because of the last error
#                that was written, if there is one; if it was to be silent, the step succeeded.
# If the order's ask is decide, the output is the answer, true or false as PowerShell has it for a list.
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidGlobalVars', '', Justification = 'A step starts without an exit code')]
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseDeclaredVarsMoreThanAssignments', '', Justification = 'The step reads them')]
[Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSAvoidAssignmentToAutomaticVariable', '', Justification = 'The order came in it')]
param()

$__order = $_
$_ = $null
$global:LASTEXITCODE = $null
# PowerShell reads every folder above the one that it goes to, so a step does not go where it is.
$__isThere = $ExecutionContext.SessionState.Path.CurrentLocation.ProviderPath -ceq $__order['directory'] -and
$ExecutionContext.SessionState.LanguageMode -eq 'FullLanguage' -and [IO.Directory]::Exists($__order['directory'])
if ($__order['directory'] -and -not $__isThere) {
    Set-Location -LiteralPath $__order['directory'] -ErrorAction Stop
}

# Finds what is to be called and fits the parameters to it, in a scope that the step does not see.
$__call = & {
    param($order)

    # Modules are looked for in the order's folders first. What is loaded already is not loaded again.
    function Import-StepModule([string]$name) {
        $loaded = if ($name -notmatch '[\\/]') { Get-Module -Name $name }
        if ($loaded) {
            return @($loaded)[0]
        }

        $place = $name
        foreach ($folder in $order['modulePath']) {
            $candidate = Join-Path $folder $name
            if (Test-Path -LiteralPath $candidate) {
                $place = $candidate
                break
            }
        }

        Import-Module -Name $place -PassThru -DisableNameChecking -ErrorAction Stop | Select-Object -First 1
    }

    # Positions in errors are those in the playbook, if it is known where the text stands. Else they name the step, and
    # count the lines of its text; what comes before the last slash still is the folder of the playbook, for $PSScriptRoot.
    function Get-Block([string]$text) {
        if (-not ($order['file'] -or $order['step']) -or $ExecutionContext.SessionState.LanguageMode -ne 'FullLanguage') {
            return [scriptblock]::Create($text)
        }

        $tokens = $problems = $null
        $place, $above = $order['file'], ''
        if ($place -and $order['line']) {
            $above = "`n" * [Math]::Max(0, $order['line'] - 1)
        } else {
            $place = ($place ? "$place, " : '') + "step '$($order['step'] -replace '[\\/]', ' > ')'"
        }

        $tree = [Management.Automation.Language.Parser]::ParseInput($above + $text, $place, [ref]$tokens, [ref]$problems)
        if ($problems) {
            throw [Management.Automation.ParseException]::new($problems)
        }

        return $tree.GetScriptBlock()
    }

    # Behind a command stands what tells a program's exit code, or that the command wrote an error.
    function Get-CommandBlock([string]$text) {
        $block = Get-Block $text
        $tree = $block.Ast
        if ($tree.DynamicParamBlock -or $tree.BeginBlock -or $tree.ProcessBlock -or -not $tree.EndBlock.Unnamed) {
            return $block
        }

        return Get-Block ($text + "`n" +
            'if (-not $?) { if ($LASTEXITCODE) { $__order["ExitCode"] = $LASTEXITCODE } else { $__order["EndsInError"] = $true } }')
    }

    function Get-Called {
        switch ($order['kind']) {
            'script' {
                $script = Get-Command -Name $order['path'] -CommandType ExternalScript -ErrorAction Ignore
                return $script ?? $(throw "The script '$($order['path'])' is not there, or it is no PowerShell script.")
            }
            'function' {
                if (-not $order['module']) {
                    return Get-Command -Name $order['function'] -ErrorAction Stop
                }

                $module = Import-StepModule $order['module']
                return $module.ExportedCommands[$order['function']] ??
                $(throw "The module '$($order['module'])' has no command '$($order['function'])'.")
            }
            'command' { return Get-CommandBlock $order['text'] }
            default { return Get-Block ([string]$order['text']) }
        }
    }

    function Get-Declared($called) {
        if ($called -isnot [scriptblock]) {
            return $called.Parameters
        }

        if ($called.Ast.ParamBlock) {
            ${function:Test-Block} = $called
            return (Get-Command -Name Test-Block -CommandType Function).Parameters
        }
    }

    function Find-Parameter($declared, [string]$name) {
        if (-not $declared) {
            return
        }

        if ($declared.ContainsKey($name)) {
            return $declared[$name]
        }

        foreach ($parameter in $declared.Values) {
            if ($parameter.Aliases -contains $name) {
                return $parameter
            }
        }
    }

    # Playbooks write switches as text.
    function ConvertTo-Argument($parameter, $value) {
        if ($value -is [string] -and $parameter.ParameterType -in [switch], [bool]) {
            switch ($value) {
                { $_ -in 'true', '1', 'yes' } { return $true }
                { $_ -in 'false', '0', 'no' } { return $false }
            }
        }

        return , $value
    }

    foreach ($module in $order['modules']) {
        $null = Import-StepModule $module
    }

    if ($order['kind'] -eq 'nothing') {
        return
    }

    $called = Get-Called
    $declared = Get-Declared $called
    $isBare = $called -is [scriptblock] -and -not $called.Ast.ParamBlock
    $drops = $isBare -or ($order['kind'] -eq 'script' -and $declared)
    $parameters = @{}
    $given = @{}
    $unknown = @()
    foreach ($entry in ($order['parameters'] ?? @{}).GetEnumerator()) {
        $parameter = Find-Parameter $declared $entry.Key
        if (-not $parameter -and $drops) {
            $unknown += $entry.Key
            continue
        }

        $parameters[$entry.Key] = ConvertTo-Argument $parameter $entry.Value
        if ($parameter) {
            $given[$parameter.Name] = $true
        }
    }

    if ($unknown) {
        $what = $isBare ? 'It has no param() block, so these were not used' : 'The script has no such parameters, so these were not used'
        Write-Warning "Step '$($order['step'])': ${what}: $($unknown -join ', ')."
    }

    # What every advanced script has is not declared by this one: a variable named Verbose says nothing to it.
    $common = 'Verbose', 'Debug', 'ErrorAction', 'WarningAction', 'InformationAction', 'ProgressAction', 'ErrorVariable',
    'WarningVariable', 'InformationVariable', 'OutVariable', 'OutBuffer', 'PipelineVariable'
    foreach ($entry in ($order['inherited'] ?? @{}).GetEnumerator()) {
        $name = $entry.Key
        if ($declared -and $declared.ContainsKey($name) -and -not $given[$declared[$name].Name] -and $name -notin $common) {
            $parameters[$name] = ConvertTo-Argument $declared[$name] $entry.Value
        }
    }

    @{ Command = $called; Parameters = $parameters }
} $__order

$params = $__order['params'] ?? @{}
$steps = $__order['steps'] ?? @{}
$env = @{ context = $__order['context'] }
# Scripts and functions get values as parameters, and see no others.
$__variables = if ($__order['kind'] -in 'command', 'block') { $__order['variables'] }
foreach ($__entry in ($__variables ?? @{}).GetEnumerator()) {
    try {
        # Also where the caller asked what would happen.
        Set-Variable -Name $__entry.Key -Value $__entry.Value -WhatIf:$false -Confirm:$false -ErrorAction Stop
    } catch [Management.Automation.SessionStateUnauthorizedAccessException] {
        Write-Warning "Step '$($__order['step'])': the variable '$($__entry.Key)' was not set, because PowerShell has one of that name that cannot be changed."
    }
}

if (-not $__call) {
    $__order['ExitCode'] = 0
    return
}

$__parameters = $__call['Parameters']
if ($__order['kind'] -eq 'function') {
    # An advanced function ends by errors that a caller goes on after, unless the call is inside a try.
    try {
        & $__call['Command'] @__parameters
    } catch {
        throw
    }

    $__order['ExitCode'] = 0
    return
}

# Not inside a try, which would turn errors that a script goes on after into its end. $? is false behind a script exactly
# if its exit code is not 0, or if it could not be called: a program's code that is left over there is not the script's.
& $__call['Command'] @__parameters
if ($?) {
    $__order['ExitCode'] ??= 0
} elseif ($LASTEXITCODE) {
    $__order['ExitCode'] = $LASTEXITCODE
} else {
    $__order['IsRefused'] = $true
}
