using System;
using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>
/// What an item may leave behind outside its scope even if its block looks clean: each item starts with an empty
/// $Error, no $LASTEXITCODE, a $? that is true, and the caller's location and culture. Looking costs nanoseconds; only what has
/// changed is put back. With -NoCleanup only $? is.
/// </summary>
internal sealed class ItemState
{
    private readonly PSCmdlet _runner;
    private readonly PSVariable _lastExitCode;
    private readonly Action<bool>? _setSucceeded;
    private readonly ArrayList? _errors;
    private readonly string _location;
    private readonly CultureInfo _culture;
    private readonly CultureInfo _uiCulture;
    private readonly bool _keepsState;
    private PSDriveInfo? _drive;
    private string? _place;

    /// <summary>Initializes a new instance of the <see cref="ItemState"/> class, and the state of the first item.</summary>
    /// <param name="runner">What runs the items.</param>
    /// <param name="settings">The caller's settings.</param>
    /// <param name="goesOn">Whether the first item goes on where another has ended.</param>
    internal ItemState(PSCmdlet runner, CallSettings settings, bool goesOn)
    {
        _runner = runner;
        _keepsState = settings.KeepsState;
        _location = settings.Location;
        _culture = settings.Culture;
        _uiCulture = settings.UICulture;
        var variables = runner.SessionState.PSVariable;
        if (!goesOn)
        {
            variables.Set("global:LASTEXITCODE", null);
        }

        _lastExitCode = variables.Get("global:LASTEXITCODE");
        _setSucceeded = FindSetter(runner);
        _errors = variables.GetValue("global:Error") as ArrayList;
        if (!goesOn)
        {
            GoHome();
        }
    }

    internal void Restore()
    {
        Succeed();
        if (_keepsState)
        {
            return;
        }

        if (_errors is { Count: > 0 })
        {
            _errors.Clear();
        }

        if (_lastExitCode.Value is not null)
        {
            _lastExitCode.Value = null;
        }

        if (!ReferenceEquals(CultureInfo.CurrentCulture, _culture))
        {
            CultureInfo.CurrentCulture = _culture;
        }

        if (!ReferenceEquals(CultureInfo.CurrentUICulture, _uiCulture))
        {
            CultureInfo.CurrentUICulture = _uiCulture;
        }

        // The reference changes with every Set-Location.
        var drive = _runner.SessionState.Drive.Current;
        if (drive != _drive || !ReferenceEquals(drive.CurrentLocation, _place))
        {
            GoHome();
        }
    }

    // $? itself says nothing here: once its runspace was reset, the variable keeps the value that it had then.
    private void Succeed()
    {
        if (_setSucceeded is not null)
        {
            _setSucceeded(true);
        }
        else
        {
            _runner.InvokeCommand.InvokeScript(
                "$null = 1", useNewScope: true, PipelineResultTypes.Output, input: null, args: null);
        }
    }

    // What a script reads as $? is not public; where it is not found, a statement that succeeds sets it.
    private static Action<bool>? FindSetter(PSCmdlet runner)
    {
        var context = HiddenMembers.Context?.GetValue(runner);
        var setter = context?.GetType().GetProperty("QuestionMarkVariableValue", HiddenMembers.OfObjects)?.SetMethod;
        return HiddenMembers.AreOff || setter is null
            ? null
            : (Action<bool>?)Delegate.CreateDelegate(typeof(Action<bool>), context, setter, throwOnBindFailure: false);
    }

    private void GoHome()
    {
        var path = _runner.SessionState.Path;
        try
        {
            // Setting a location costs 0.7 ms, also the one that is set already.
            if (WildcardPattern.Escape(path.CurrentLocation.Path) != _location)
            {
                path.SetLocation(_location);
            }
        }
        catch (SessionStateException)
        {
            // The caller is where this runspace cannot go; no error in ForEach-Object -Parallel either.
        }

        _drive = _runner.SessionState.Drive.Current;
        _place = _drive.CurrentLocation;
    }
}
