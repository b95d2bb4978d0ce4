namespace Lazuli.Cli;

/// <summary>What closing the month took, in <c>lazuli bench ledger --close</c>.</summary>
internal sealed record LedgerCloseDocument
{
    /// <summary>Time of all invoices and royalty statements.</summary>
    public required double Seconds { get; init; }

    /// <summary>Invoices finalised.</summary>
    public required int Invoices { get; init; }

    /// <summary>Their total, in nano-units.</summary>
    public required long InvoicedNanos { get; init; }

    /// <summary>Royalties by link in nano-units, the seller's first.</summary>
    public required IReadOnlyList<long> RoyaltyNanos { get; init; }

    /// <summary>How far the process's resident memory rose, MiB.</summary>
    public required double MemoryMebibytes { get; init; }

    /// <summary>Managed memory allocated in all, MiB.</summary>
    public required double AllocatedMebibytes { get; init; }
}
