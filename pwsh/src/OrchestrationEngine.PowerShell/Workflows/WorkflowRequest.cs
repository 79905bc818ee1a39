using System;
using System.Buffers;
using System.Collections;
using System.Collections.Generic;
using System.Collections.Specialized;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Net;
using System.Security;
using System.Text;
using System.Text.Json;
using OrchestrationEngine.PowerShell.Output;
using OrchestrationEngine.PowerShell.Playbooks;
using OrchestrationEngine.PowerShell.Runspaces;
using OrchestrationEngine.PowerShell.Scripts;

namespace OrchestrationEngine.PowerShell.Workflows;

/// <summary>Which playbook is to run, and what it is told.</summary>
internal sealed record WorkflowRequest
{
    /// <summary>Gets the playbook; null for one that goes on, of which the engine knows it.</summary>
    internal PlaybookSource? Source { get; init; }

    /// <summary>Gets the full path of the caller's folder, in which steps run.</summary>
    internal required string Directory { get; init; }

    /// <summary>Gets the values of parameters by name; texts that are secret may be among them.</summary>
    internal IDictionary Parameters { get; init; } = new Hashtable();

    /// <summary>Gets the environment; null for the playbook's own, or dev.</summary>
    internal string? Environment { get; init; }

    /// <summary>Gets the profile; null for none.</summary>
    internal string? Profile { get; init; }

    /// <summary>Gets how steps follow each other that do not say so; null for what the playbook says.</summary>
    internal string? Mode { get; init; }

    /// <summary>Gets a value indicating whether failures stop nothing.</summary>
    internal bool ContinuesOnError { get; init; }

    /// <summary>Gets how many steps may run at once; null for what the playbook says.</summary>
    internal int? Limit { get; init; }

    /// <summary>Gets the id of the workflow; null for one that is made up. If it goes on, also the name of its playbook.</summary>
    internal string? Id { get; init; }

    /// <summary>Gets the full path of the folder in which it is kept; null for nowhere.</summary>
    internal string? State { get; init; }

    /// <summary>Gets a value indicating whether it goes on.</summary>
    internal bool Resumes { get; init; }

    /// <summary>Gets a value indicating whether it may go on though its playbook has changed.</summary>
    internal bool AcceptsChanges { get; init; }

    /// <summary>Gets a value indicating whether steps that wait for an approval have it.</summary>
    internal bool IsApproved { get; init; }

    /// <summary>Gets the full path of the file of its report as JUnit's XML; null for none.</summary>
    internal string? JUnit { get; init; }

    /// <summary>Gets what to call the playbook before its name is known.</summary>
    internal string Title => Source?.Name ?? Source?.Title ?? (Source is null ? Id : null) ?? "the definition";

    private IEnumerable<string> Secrets =>
        Parameters.Keys.Cast<object>().Where(name => IsSecret(Parameters[name])).Select(name => $"{name}");

    /// <summary>What the engine is told.</summary>
    /// <exception cref="CallRefusedException">A value cannot be written.</exception>
    internal string ToJson()
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            WriteSource(json);
            WriteWishes(json);
            WriteRun(json);
            StepTypes.Write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    /// <summary>Writes what the playbook is told.</summary>
    /// <exception cref="CallRefusedException">A value cannot be written.</exception>
    internal void WriteWishes(Utf8JsonWriter json)
    {
        if (Parameters.Count > 0)
        {
            json.WritePropertyName("parameters");
            DefinitionJson.Write(json, Revealed(), "-Parameters");
        }

        if (Secrets.Any())
        {
            json.WriteStartArray("secrets");
            foreach (var name in Secrets)
            {
                json.WriteStringValue(name);
            }

            json.WriteEndArray();
        }

        WriteIfThere(json, "environment", Environment);
        WriteIfThere(json, "profile", Profile);
        WriteIfThere(json, "mode", Mode);
        WriteIf(json, "continueOnError", ContinuesOnError);
        if (Limit is { } limit)
        {
            json.WriteNumber("maxConcurrency", limit);
        }
    }

    private void WriteSource(Utf8JsonWriter json)
    {
        if (Source is null)
        {
            json.WriteString("directory", Directory);
        }
        else
        {
            Source.Write(json);
        }
    }

    private void WriteRun(Utf8JsonWriter json)
    {
        WriteIfThere(json, "state", State);
        WriteIfThere(json, "logs", State is null ? null : Path.Combine(ProjectRoot.Find(Directory), "orchestration", "logs"));
        WriteIfThere(json, "junit", JUnit);
        WriteIf(json, "approved", IsApproved);
        WriteIfThere(json, "powershell", PathOfPowerShell());
        WriteIfThere(json, "id", Id);
        WriteIfThere(json, "resume", Resumes ? "unsuccessful" : null);
        WriteIf(json, "acceptsChangedPlan", AcceptsChanges);
    }

    // The engine gets the texts, and hides them wherever they would show.
    private OrderedDictionary Revealed()
    {
        var revealed = new OrderedDictionary(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry entry in Parameters)
        {
            revealed[$"{entry.Key}"] = PlainValue.Of(entry.Value) switch
            {
                SecureString secret => TextOf(secret),
                PSCredential credential => new OrderedDictionary
                {
                    ["UserName"] = credential.UserName,
                    ["Password"] = TextOf(credential.Password),
                },
                _ => entry.Value,
            };
        }

        return revealed;
    }

    private static bool IsSecret(object? value) => PlainValue.Of(value) is SecureString or PSCredential;

    private static string TextOf(SecureString secret) => new NetworkCredential(string.Empty, secret).Password;

    // Steps that need a process of their own run in the PowerShell that asks for them. A program that only hosts PowerShell
    // has no pwsh beside it; the engine then looks for one on PATH.
    private static string? PathOfPowerShell()
    {
        var folder = Path.GetDirectoryName(typeof(PSObject).Assembly.Location) ?? string.Empty;
        var path = Path.Combine(folder, OperatingSystem.IsWindows() ? "pwsh.exe" : "pwsh");
        return File.Exists(path) ? path : null;
    }

    private static void WriteIfThere(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void WriteIf(Utf8JsonWriter json, string name, bool value)
    {
        if (value)
        {
            json.WriteBoolean(name, value);
        }
    }
}
