namespace Lazuli.Billing;

/// <summary>What a transfer is.</summary>
internal enum TransferKind
{
    /// <summary>Use, accrued at plain prices when a request is settled.</summary>
    Usage,

    /// <summary>Credit bought, given or pledged.</summary>
    Credit,

    /// <summary>Credit used up by use.</summary>
    CreditUsed,

    /// <summary>Credit that expired.</summary>
    Breakage,

    /// <summary>Accrued use becomes an invoice.</summary>
    Invoice,

    /// <summary>What the invoice's tiers, fees and rounding differ from what was accrued.</summary>
    InvoiceAdjustment,

    /// <summary>Tax on an invoice.</summary>
    Tax,

    /// <summary>A payment.</summary>
    Payment,

    /// <summary>An invoice taken back.</summary>
    CreditNote,

    /// <summary>An invoice given up.</summary>
    WriteOff,

    /// <summary>A share of a licensee's sales.</summary>
    Royalty,

    /// <summary>Capital drawn.</summary>
    Capital,

    /// <summary>Cost of compute.</summary>
    ComputeCost,

    /// <summary>A return to an investor or to the residual's owner.</summary>
    Return,
}
