using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Linq;
using System.Management.Automation;
using System.Reflection;
using System.Text.Json;
using OrchestrationEngine.Native;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Runspaces;
using OrchestrationEngine.PowerShell.Tasks;

namespace OrchestrationEngine.PowerShell.Calls;

/// <summary>
/// Says what the results of tasks depend on that are to be remembered: what is run, its values, and the session that it finds.
/// Used on the caller's thread.
/// </summary>
internal sealed class TaskMemoMaker
{
    private const string Comparable =
        "only text, truth values, numbers of the types Int32, Int64 and Double, and lists (Object[]) and custom objects of such";

    private readonly CallSettings _settings;
    private readonly SessionRecipe _recipe;
    private readonly PathIntrinsics _paths;
    private readonly Dictionary<string, string> _functions;
    private readonly string _host;

    private TaskMemoMaker(CallSettings settings, SessionRecipe recipe, PathIntrinsics paths)
    {
        (_settings, _recipe, _paths) = (settings, recipe, paths);
        _functions = recipe.Functions.ToDictionary(
            function => function.Name.ToLowerInvariant(), function => function.Definition.Extent.Text);
        _host = string.Join('\n', HostParts());
    }

    /// <summary>Adds to a graph what its memos depend on; of a task that cannot have one, why.</summary>
    /// <param name="tasks">The tasks.</param>
    /// <param name="settings">What the call has read from its caller's session.</param>
    /// <param name="recipe">What the workers' runspaces are set up with.</param>
    /// <param name="paths">The paths of the caller's session.</param>
    internal static TaskGraph Complete(TaskGraph tasks, CallSettings settings, SessionRecipe recipe, PathIntrinsics paths)
    {
        if (tasks.Graph.State is not { } state || tasks.Works.All(work => work.Memo is null))
        {
            return tasks;
        }

        var maker = new TaskMemoMaker(settings, recipe, paths);
        var made = tasks.Graph.Tasks.Zip(tasks.Works, maker.Complete).ToList();
        return new TaskGraph(
            tasks.Graph with { Tasks = made.Select(pair => pair.Task).ToList() },
            made.Select(pair => state.NoCache ? pair.Work with { NotRemembered = null } : pair.Work).ToList());
    }

    private (GraphTask Task, TaskWork Work) Complete(GraphTask task, TaskWork work)
    {
        if (work.Memo is not { } request)
        {
            return (task, work);
        }

        try
        {
            return (task with { Memo = MemoOf(work, request) }, work);
        }
        catch (NotExpressibleException problem)
        {
            return (task, work with { NotRemembered = problem.Message });
        }
    }

    private GraphMemo MemoOf(TaskWork work, MemoRequest request) => new()
    {
        Kind = request.Kind,
        Script = request.Script,
        Functions = _functions,
        Parameters = WordsOf(ParametersOf(work)),
        Using = WordsOf(UsedBy(work)),
        Inputs = request.Inputs.SelectMany(FilesOf).Order(StringComparer.Ordinal).ToList(),
        Folder = _paths.CurrentFileSystemLocation.ProviderPath,
        Host = _recipe.State is null ? _host : throw new NotExpressibleException("nobody can tell one InitialSessionState from another"),
        Label = work.Name.ToLowerInvariant(),
        MaximumAge = request.Life,
    };

    // A result is the same whatever the case of a parameter's name, and whatever their order.
    private static IEnumerable<(string Name, object? Value)> ParametersOf(TaskWork work) =>
        work.Parameters.Keys.Cast<string>().Select(name => ($"-{name.ToLowerInvariant()}", work.Parameters[name]));

    private IEnumerable<(string Name, object? Value)> UsedBy(TaskWork work)
    {
        var keys = work.Block is null ? [] : UsingValues.KeysOf(work.Block).Where(_settings.UsingValues.ContainsKey);
        return keys.Select(key => (UsingValues.TextOf(key), _settings.UsingValues[key]))
            .Concat(_settings.Imports.Variables.Select(variable => ($"${variable.Key.ToLowerInvariant()}", variable.Value)));
    }

    // Words and not the values: they are written down with the run, and a value may be nobody's business.
    private static Dictionary<string, JsonElement> WordsOf(IEnumerable<(string Name, object? Value)> values)
    {
        var words = new Dictionary<string, JsonElement>();
        foreach (var (name, value) in values)
        {
            var word = PlainValue.Of(value) is FunctionInfo function ? $"function {function.Definition}" : TaskContent.WordOf(value);
            words[name] = JsonOf(word ?? throw new NotExpressibleException($"{name} is {Describe(value)}, and {Comparable} can be compared"));
        }

        return words;
    }

    private static JsonElement JsonOf(string word) => StoredOutput.Of([word]).Value!.Value;

    private static string Describe(object? value) => PlainValue.Of(value) is { } plain
        ? $"an object of the type {plain.GetType().Name}"
        : "no value";

    // Files that are there when the call is made. A path without wildcards counts even if there is nothing.
    private IEnumerable<string> FilesOf(string input)
    {
        try
        {
            var isPattern = WildcardPattern.ContainsWildcardCharacters(input) && !System.IO.Path.Exists(FullPathOf(input));
            return isPattern ? Found(input) : [FullPathOf(input)];
        }
        catch (Exception problem) when (problem is RuntimeException or NotSupportedException)
        {
            throw new NotExpressibleException($"Inputs has '{input}', which cannot be found: {problem.Message.TrimEnd('.')}");
        }
    }

    private string FullPathOf(string path)
    {
        var full = _paths.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
        return provider.Name == "FileSystem" ? full : throw new NotSupportedException($"the provider {provider.Name} has no files");
    }

    private Collection<string> Found(string pattern)
    {
        try
        {
            return _paths.GetResolvedProviderPathFromPSPath(pattern, out _);
        }
        catch (ItemNotFoundException)
        {
            // The folder of the pattern is not there, so there are no files in it.
            return [];
        }
    }

    private IEnumerable<string> HostParts()
    {
        var version = typeof(PSObject).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        yield return $"PowerShell {version} {_recipe.Mode} {_recipe.ForEachObject}";
        yield return $"{_settings.Culture.Name} {_settings.UICulture.Name} {_settings.Imports.StrictMode} {_settings.Location}";
        foreach (var part in _settings.Imports.Namespaces.Order()
            .Concat(_settings.Preferences.Select(preference => $"{preference.Key} {preference.Value}").Order())
            .Concat(_recipe.Aliases.Select(alias => $"{alias}"))
            .Concat(_recipe.Modules.Select(module => $"{module}"))
            .Concat(_recipe.Drives.Select(drive => $"{drive}")))
        {
            yield return part;
        }
    }

    /// <summary>Something that a result depends on cannot be compared.</summary>
    private sealed class NotExpressibleException(string message) : Exception(message);
}
