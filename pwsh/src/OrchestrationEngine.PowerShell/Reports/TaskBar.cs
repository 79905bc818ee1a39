namespace OrchestrationEngine.PowerShell.Reports;

/// <summary>A task as it is drawn; the engine's words and units.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="State">How it ended, or stands.</param>
/// <param name="StartSeconds">When its last attempt started, since the beginning of the run; null if none did.</param>
/// <param name="DurationSeconds">How long that took.</param>
/// <param name="Worker">Who ran it.</param>
/// <param name="Attempts">How many there were.</param>
/// <param name="Critical">Whether the run would have been faster if it had been.</param>
/// <param name="Note">What there is to say beyond that.</param>
internal sealed record TaskBar(
    string Name,
    string State,
    double? StartSeconds,
    double DurationSeconds,
    int? Worker,
    int Attempts,
    bool Critical,
    string? Note);
