namespace OrchestrationEngine.PowerShell.Tasks;

/// <summary>Which task of the list a message is about.</summary>
/// <param name="Number">Where it stands, from 1.</param>
/// <param name="Name">What it is called, or what it runs as far as that is text; null for neither.</param>
internal sealed record TaskPlace(int Number, string? Name)
{
    /// <summary>As messages begin with it: Task 3 ('build').</summary>
    public override string ToString() => Name is null ? $"Task {Number}" : $"Task {Number} ('{Name}')";
}
