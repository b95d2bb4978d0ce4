namespace Lazuli.Contracts;

/// <summary>A line of an invoice: one tier of one model's meter, a fee, or credit.</summary>
public sealed record InvoiceLine
{
    /// <summary>What it is about.</summary>
    public required InvoiceLineKind Kind { get; init; }

    /// <summary>In words.</summary>
    public required string Description { get; init; }

    /// <summary>Price version; empty for credit.</summary>
    public string PriceVersion { get; init; } = "";

    /// <summary>Grants under which it was used, the owner's first.</summary>
    public IReadOnlyList<GrantId> GrantChain { get; init; } = [];

    /// <summary>The model; empty where it is about none.</summary>
    public string Model { get; init; } = "";

    /// <summary>What was counted; null for fees and credit.</summary>
    public UsageMeter? Meter { get; init; }

    /// <summary>Whether at the batch discount.</summary>
    public bool Batch { get; init; }

    /// <summary>Place of the tier, from 0.</summary>
    public int Tier { get; init; }

    /// <summary>Whether it is the fee for entering the tier.</summary>
    public bool IsTierFee { get; init; }

    /// <summary>How many units or packages; negative in a reversal.</summary>
    public required long Quantity { get; init; }

    /// <summary>Nano-units each.</summary>
    public required long UnitNanos { get; init; }

    /// <summary>Exact amount in nano-units.</summary>
    public required long ExactNanos { get; init; }

    /// <summary>The amount rounded to the currency's minor unit; lines add up to the invoice's net total.</summary>
    public long Nanos { get; init; }

    /// <summary>What was accrued in the ledger for it, in nano-units; stands on a group's first line.</summary>
    public long AccruedNanos { get; init; }

    /// <summary>Begin of the use.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>First instant after it.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>Number of the invoice that it corrects; null for none.</summary>
    public string? CorrectsInvoice { get; init; }

    /// <summary>Identities of the meter events that came late; the first hundred.</summary>
    public IReadOnlyList<string> CorrectsEvents { get; init; } = [];
}
