using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace OrchestrationEngine.PowerShell.Runspaces;

/// <summary>
/// What an item may leave behind outside its scope even if its block looks clean: each item starts with an empty
/// $Error, no $LASTEXITCODE, a $? that is true, and the caller's location. Looking costs nanoseconds; only what has
/// changed is put back.
/// </summary>
internal sealed class ItemState
{
    private readonly PSCmdlet _runner;
    private readonly PSVariable _lastExitCode;
    private readonly PSVariable _succeeded;
    private readonly ArrayList? _errors;
    private readonly string _location;
    private PSDriveInfo? _drive;
    private string? _place;

    internal ItemState(PSCmdlet runner, string location)
    {
        _runner = runner;
        _location = location;
        var variables = runner.SessionState.PSVariable;
        variables.Set("global:LASTEXITCODE", null);
        _lastExitCode = variables.Get("global:LASTEXITCODE");
        _succeeded = variables.Get("?");
        _errors = variables.GetValue("global:Error") as ArrayList;
        GoHome();
    }

    internal void Restore()
    {
        if (_errors is { Count: > 0 })
        {
            _errors.Clear();
        }

        if (_lastExitCode.Value is not null)
        {
            _lastExitCode.Value = null;
        }

        if (_succeeded.Value is false)
        {
            _runner.InvokeCommand.InvokeScript(
                "$null = 1", useNewScope: true, PipelineResultTypes.Output, input: null, args: null);
        }

        // The reference changes with every Set-Location.
        var drive = _runner.SessionState.Drive.Current;
        if (drive != _drive || !ReferenceEquals(drive.CurrentLocation, _place))
        {
            GoHome();
        }
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
