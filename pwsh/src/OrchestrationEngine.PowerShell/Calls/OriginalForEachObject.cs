extern alias PowerShellItself;

using System;
using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Internal;
using System.Reflection;
using OrchestrationEngine.PowerShell.Runspaces;
using Original = PowerShellItself::Microsoft.PowerShell.Commands.ForEachObjectCommand;

namespace OrchestrationEngine.PowerShell.Calls;

/// <summary>
/// PowerShell's own ForEach-Object at the place of the module's: it reads, writes and fails as if it had been called
/// itself.
/// </summary>
/// <remarks>
/// There are two ways. PowerShell's own class is public, but the engine tells a command by members that are not public
/// where it runs; where they are found, an object of that class is driven in the place of the module's, for some
/// nanoseconds an item. Otherwise, and under a lockdown policy (so that PowerShell itself checks the arguments), the
/// command runs in a steppable pipeline, and errors of its own arguments point into that.
/// </remarks>
internal static class OriginalForEachObject
{
    internal static IForEachObject For(PSCmdlet proxy) =>
        HiddenMembers.AreOff || !Direct.IsPossible || IsLockedDown ? new AsPipeline(proxy) : new Direct(proxy);

    // Public, but not in the reference assembly; None is 0.
    private static readonly MethodInfo? GetLockdownPolicy = typeof(PSCmdlet).Assembly
        .GetType("System.Management.Automation.Security.SystemPolicy")?.GetMethod("GetSystemLockdownPolicy", []);

    private static bool IsLockedDown =>
        Convert.ToInt32(GetLockdownPolicy?.Invoke(null, null), CultureInfo.InvariantCulture) != 0;

    private sealed class Direct : IForEachObject
    {
        private static readonly PropertyInfo? Context = HiddenMembers.Context;
        private static readonly FieldInfo? Invocation = typeof(InternalCommand).GetField(
            "_myInvocation", HiddenMembers.OfObjects);

        private static readonly Action<Cmdlet, string>? SetParameterSet = HiddenMembers.Method<Action<Cmdlet, string>>(
            typeof(Cmdlet), "SetParameterSetName");

        private static readonly Action<Original>? BeginProcessing = HiddenMembers.Method<Action<Original>>(
            typeof(Original), "BeginProcessing");

        private static readonly Action<Original>? ProcessRecord = HiddenMembers.Method<Action<Original>>(
            typeof(Original), "ProcessRecord");

        private static readonly Action<Original>? EndProcessing = HiddenMembers.Method<Action<Original>>(
            typeof(Original), "EndProcessing");

        private static readonly Action<Original>? StopProcessing = HiddenMembers.Method<Action<Original>>(
            typeof(Original), "StopProcessing");

        private readonly Original _original;

        internal Direct(PSCmdlet proxy)
        {
            _original = new Original { CommandRuntime = proxy.CommandRuntime };
            Context!.SetValue(_original, Context.GetValue(proxy));
            Invocation!.SetValue(_original, proxy.MyInvocation);
            SetParameterSet!(_original, proxy.ParameterSetName);
            SetParameters(proxy);
        }

        internal static bool IsPossible { get; } =
            Context?.SetMethod is not null && Invocation?.FieldType == typeof(InvocationInfo)
            && SetParameterSet is not null && BeginProcessing is not null && ProcessRecord is not null
            && EndProcessing is not null && StopProcessing is not null;

        public void Begin() => BeginProcessing!(_original);

        public void Process(PSObject input)
        {
            _original.InputObject = input;
            ProcessRecord!(_original);
        }

        public void End() => EndProcessing!(_original);

        public void Stop() => StopProcessing!(_original);

        public void Dispose() => ((object)_original as IDisposable)?.Dispose();

        // In the order of binding: -Process before -RemainingScripts means something else than the other way round.
        private void SetParameters(PSCmdlet proxy)
        {
            foreach (var name in proxy.MyInvocation.BoundParameters.Keys)
            {
                if (typeof(Original).GetProperty(name) is { } property)
                {
                    property.SetValue(_original, proxy.GetType().GetProperty(name)!.GetValue(proxy));
                }
            }
        }
    }

    private sealed class AsPipeline : IForEachObject
    {
        // The proxy does these itself with what the pipeline writes.
        private static readonly string[] OfProxy = ["OutVariable", "OutBuffer", "PipelineVariable"];

        private static readonly CmdletInfo Command = new(ForEachObjectProxy.CommandName, typeof(Original));

        private readonly PSCmdlet _proxy;
        private readonly SteppablePipeline _pipeline;

        internal AsPipeline(PSCmdlet proxy)
        {
            _proxy = proxy;
            var parameters = new Hashtable((IDictionary)proxy.MyInvocation.BoundParameters);
            Array.ForEach(OfProxy, parameters.Remove);
            _pipeline = ScriptBlock.Create("param($__command, $__parameters) & $__command @__parameters")
                .GetSteppablePipeline(proxy.MyInvocation.CommandOrigin, [Command, parameters]);
        }

        public void Begin() => _pipeline.Begin(_proxy);

        public void Process(PSObject input) => _pipeline.Process(input);

        public void End() => _pipeline.End();

        public void Stop()
        {
            // It belongs to the pipeline that is being stopped.
        }

        public void Dispose() => _pipeline.Dispose();
    }
}
