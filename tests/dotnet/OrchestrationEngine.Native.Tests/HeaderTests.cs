using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text.RegularExpressions;
using Xunit;

namespace OrchestrationEngine.Native.Tests;

/// <summary>The declarations in Interop/ against the C header that they repeat.</summary>
public sealed partial class HeaderTests
{
    private const BindingFlags Everything =
        BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly string Header = Comment().Replace(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "orchestration_engine.h")), string.Empty);

    private static readonly Assembly Native = typeof(Pool).Assembly;

    public static TheoryData<string, string> Structs => new()
    {
        { "oe_pool_host", "Interop.NativePoolHost" },
        { "oe_pool_options", "Interop.NativePoolOptions" },
        { "oe_item_counters", "Interop.NativeItemCounters" },
        { "oe_pool_counters", "Interop.NativePoolCounters" },
        { "oe_worker_info", "Interop.NativeWorkerInfo" },
        { "oe_queue_options", "Interop.NativeQueueOptions" },
        { "oe_attachment", "Interop.NativeAttachment" },
        { "oe_stop", "Interop.NativeStop" },
        { "oe_event", nameof(ItemEvent) },
    };

    [Theory]
    [MemberData(nameof(Structs))]
    public void A_struct_has_the_fields_of_the_header_in_their_order(string name, string managedName)
    {
        var managed = Native.GetType($"OrchestrationEngine.Native.{managedName}", throwOnError: true)!;
        var fields = InstanceFields(managed).OrderBy(field => field.MetadataToken);

        Assert.True(managed.IsLayoutSequential);
        Assert.Equal(FieldsOf(name), fields.Select(field => (Letters(field.Name), SizeOf(field.FieldType))));
    }

    [Fact]
    public void Every_struct_of_the_header_is_compared() =>
        Assert.Equal(
            StructBody().Matches(Header).Select(found => found.Groups["name"].Value).Order(),
            Structs.Select(row => (string)row[0]).Order());

    [Theory]
    [InlineData("oe_status", "OE_STATUS_", typeof(EngineStatus))]
    [InlineData("oe_outcome", "OE_OUTCOME_", typeof(Outcome))]
    [InlineData("oe_cancel_reason", "OE_CANCEL_", typeof(CancelReason))]
    public void An_enum_has_the_numbers_of_the_header(string name, string prefix, Type managed)
    {
        var body = Regex.Match(Header, $@"typedef enum \{{(?<body>[^}}]*)\}} {name};").Groups["body"].Value;
        var members = Regex.Matches(body, $@"{prefix}(?<member>\w+) = (?<value>\d+)");
        var expected = members.ToDictionary(
            it => Letters(it.Groups["member"].Value), it => int.Parse(it.Groups["value"].Value, null));

        var values = Enum.GetValues(managed).Cast<object>();
        var actual = values.ToDictionary(it => Letters(it.ToString()!), Convert.ToInt32);

        Assert.NotEmpty(expected);
        Assert.Equal(expected, actual);
    }

    [Theory]
    [InlineData("OE_ABI_VERSION", "Interop.NativeLibraryLoader", "AbiVersion")]
    [InlineData("OE_WORKER_LIMIT", "Engine", nameof(Engine.WorkerLimit))]
    [InlineData("OE_NO_LIMIT", "Limits", "None")]
    [InlineData("OE_EVENT_ENDED", "ItemEvent", nameof(ItemEvent.EndedKind))]
    public void A_constant_has_the_value_of_the_header(string name, string managedType, string managedName)
    {
        var expected = long.Parse(Regex.Match(Header, $@"#define {name} (\d+)").Groups[1].Value, null);
        var type = Native.GetType($"OrchestrationEngine.Native.{managedType}", throwOnError: true)!;
        var field = type.GetField(managedName, Everything)!;

        Assert.Equal(expected, Convert.ToInt64(field.GetRawConstantValue(), null));
    }

    [Fact]
    public void Every_function_of_the_header_is_declared_with_as_many_parameters()
    {
        var expected = Function().Matches(Header).ToDictionary(
            found => found.Groups["name"].Value,
            found => Count(found.Groups["parameters"].Value));

        var type = Native.GetType("OrchestrationEngine.Native.Interop.NativeMethods", throwOnError: true)!;
        var actual = type.GetMethods(Everything)
            .Where(method => method.Name.StartsWith("oe_", StringComparison.Ordinal))
            .ToDictionary(method => method.Name, method => method.GetParameters().Length);

        Assert.NotEmpty(expected);
        Assert.Equal(expected.OrderBy(it => it.Key), actual.OrderBy(it => it.Key));

        static int Count(string parameters) => parameters is "void" ? 0 : parameters.Split(',').Length;
    }

    private static IEnumerable<(string Name, int Size)> FieldsOf(string name)
    {
        var body = StructBody().Matches(Header).Single(found => found.Groups["name"].Value == name).Groups["body"];
        foreach (var line in body.Value.Trim().TrimEnd(';').Split(';', StringSplitOptions.TrimEntries))
        {
            var function = Regex.Match(line, @"\(\*(?<name>\w+)\)");
            if (function.Success)
            {
                yield return (Letters(function.Groups["name"].Value), IntPtr.Size);
                continue;
            }

            var parts = Regex.Match(line, @"^(?<type>.*?)(?<name>\w+)$");
            yield return (Letters(parts.Groups["name"].Value), SizeOf(parts.Groups["type"].Value.Trim()));
        }
    }

    private static int SizeOf(string type) => type switch
    {
        _ when type.EndsWith('*') => IntPtr.Size,
        "uint64_t" => 8,
        "uint32_t" => 4,
        "uint16_t" => 2,
        _ => FieldsOf(type).Sum(field => field.Size),
    };

    private static int SizeOf(Type type) =>
        type.IsPointer || type.IsFunctionPointer || type == typeof(nint) ? IntPtr.Size
        : type == typeof(ulong) || type == typeof(long) ? 8
        : type == typeof(uint) || type == typeof(int) ? 4
        : type == typeof(ushort) ? 2
        : InstanceFields(type).Sum(field => SizeOf(field.FieldType));

    private static IEnumerable<FieldInfo> InstanceFields(Type type) =>
        type.GetFields(Everything).Where(field => !field.IsStatic);

    // worker_main, WorkerMain and _workerMain are one name.
    private static string Letters(string name) =>
        name.Replace("_", string.Empty, StringComparison.Ordinal).ToUpperInvariant();

    [GeneratedRegex(@"//[^\n]*|/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"typedef struct \{(?<body>[^}]*)\} (?<name>oe_\w+);")]
    private static partial Regex StructBody();

    [GeneratedRegex(@"\b(?<name>oe_\w+)\((?<parameters>[^)]*)\);")]
    private static partial Regex Function();
}
