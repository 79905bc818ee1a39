using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;

namespace OrchestrationEngine.PowerShell.Workflows;

/// <summary>The parameters of a playbook that are secrets, as the engine has it: only their values are masked and not kept.</summary>
internal static class DeclaredSecrets
{
    private static readonly string[] Types = ["secret", "securestring"];

    /// <summary>Their names.</summary>
    /// <param name="definition">The data of the playbook.</param>
    internal static IEnumerable<string> Of(JsonElement definition) =>
        from declarations in Values(definition, "parameters")
        where declarations.ValueKind == JsonValueKind.Object
        from declaration in declarations.EnumerateObject()
        where IsSecret(declaration.Value)
        select declaration.Name;

    private static bool IsSecret(JsonElement declaration) =>
        Values(declaration, "sensitive").Any(IsTrue)
        || Values(declaration, "type").Any(type => Types.Contains($"{type}", StringComparer.OrdinalIgnoreCase));

    private static bool IsTrue(JsonElement value) =>
        value.ValueKind == JsonValueKind.True || string.Equals($"{value}", "true", StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<JsonElement> Values(JsonElement map, string key) => map.ValueKind != JsonValueKind.Object
        ? []
        : map.EnumerateObject().Where(it => it.Name.Equals(key, StringComparison.OrdinalIgnoreCase)).Select(it => it.Value);
}
