namespace Lazuli.Contracts;

/// <summary>Why a change of prices or money was refused.</summary>
public enum BillingRefusal
{
    /// <summary>A document or argument does not say what it must.</summary>
    Invalid,

    /// <summary>There is no such plan, invoice, commitment …</summary>
    NotFound,

    /// <summary>It is there already, with other content.</summary>
    Conflict,

    /// <summary>Not in the state that this needs.</summary>
    WrongState,

    /// <summary>The period's metering is not complete.</summary>
    PeriodIncomplete,

    /// <summary>More money than there is, or than was agreed.</summary>
    NotEnough,
}
