namespace Lazuli.Contracts;

/// <summary>Why a use is not allowed.</summary>
public enum EntitlementRefusal
{
    /// <summary>The party or project is unknown or closed.</summary>
    UnknownParty,

    /// <summary>No grant reaches from the model's owner to the party.</summary>
    NoGrant,

    /// <summary>A grant in the chain does not cover this model.</summary>
    ModelNotCovered,

    /// <summary>A grant does not give this right.</summary>
    RightNotGranted,

    /// <summary>Outside the field of use.</summary>
    FieldNotCovered,

    /// <summary>Not begun, or over.</summary>
    OutsideTerm,

    /// <summary>A condition does not hold: compute threshold, capability finding, event, date, customer class.</summary>
    ConditionNotMet,

    /// <summary>A grant in the chain is suspended or ended.</summary>
    GrantSuspended,

    /// <summary>The model's stage does not reach this party.</summary>
    StageTooLow,

    /// <summary>A safety hold is on the model.</summary>
    OnHold,

    /// <summary>The model version is revoked.</summary>
    Revoked,

    /// <summary>The provider or upstream contradicts a compute commitment.</summary>
    ProviderNotCommitted,

    /// <summary>The state of licences cannot be read; nothing is allowed without it.</summary>
    Unavailable,
}
