namespace Lazuli.Cli;

/// <summary>What the user asked of the quickstart.</summary>
internal sealed record QuickstartOptions
{
    public const double DefaultMinutes = 5;

    /// <summary>Minutes for everything up to serving; from 0.5 to 1,440.</summary>
    public required double Minutes { get; init; }

    public bool Again { get; init; }

    public IReadOnlyList<string> Corpus { get; init; } = [];

    public bool Serve { get; init; } = true;

    public int? Port { get; init; }

    public bool FetchReference { get; init; }
}
