namespace Lazuli.Cli;

/// <summary>What <c>lazuli bench ledger --json</c> prints.</summary>
internal sealed record LedgerBenchDocument
{
    /// <summary>Which database.</summary>
    public required string Database { get; init; }

    /// <summary>Requests under way at once.</summary>
    public required int Clients { get; init; }

    /// <summary>Accounts that paid.</summary>
    public required int Customers { get; init; }

    /// <summary>Gateways that shared the database.</summary>
    public required int Gateways { get; init; }

    /// <summary>Processors, shared with the clients.</summary>
    public required int Processors { get; init; }

    /// <summary>Time measured.</summary>
    public required double Seconds { get; init; }

    /// <summary>Requests admitted and settled in it.</summary>
    public required long Requests { get; init; }

    /// <summary>The same a second.</summary>
    public required double RequestsPerSecond { get; init; }

    /// <summary>Rates when there were ten thousand, a hundred thousand and so on.</summary>
    public required IReadOnlyList<RateMark> Rates { get; init; }

    /// <summary>Median time of an admission or settlement, from call to durable answer.</summary>
    public required double CallP50Milliseconds { get; init; }

    /// <summary>99th percentile of the same.</summary>
    public required double CallP99Milliseconds { get; init; }

    /// <summary>Median of 4 KiB synced to the same disk, before and after.</summary>
    public required double SyncP50Milliseconds { get; init; }

    /// <summary>99th percentile of the same.</summary>
    public required double SyncP99Milliseconds { get; init; }

    /// <summary>A licence decision over five links, timed apart.</summary>
    public required double DecisionMicroseconds { get; init; }

    /// <summary>Processor time of this process a request, clients included.</summary>
    public required double ProcessorSecondsPerRequest { get; init; }

    /// <summary>Whether the ledger's balances are what its transfers say.</summary>
    public required bool LedgerHolds { get; init; }

    /// <summary>The month's close, where it was asked for.</summary>
    public LedgerCloseDocument? Close { get; init; }
}
