namespace Lazuli.Contracts;

/// <summary>Why a request was not admitted.</summary>
public enum AdmissionRefusal
{
    /// <summary>Too many requests in the window.</summary>
    RequestLimit,

    /// <summary>Too many tokens in the window.</summary>
    TokenLimit,

    /// <summary>Too many at once.</summary>
    ConcurrencyLimit,

    /// <summary>The hard budget of the day or month is spent or held.</summary>
    Budget,

    /// <summary>Prepaid credit is used up.</summary>
    Credit,

    /// <summary>Licences changed since the entitlement was decided: decide again.</summary>
    StaleEpoch,

    /// <summary>No price is in force for this model and party.</summary>
    NoPrice,

    /// <summary>The money store cannot answer; nothing is admitted without it.</summary>
    Unavailable,

    /// <summary>The request's id was used before: it is settled, runs elsewhere, or was another request.</summary>
    DuplicateRequest,

    /// <summary>Counts beyond anything real; their price cannot be held.</summary>
    TooLarge,
}
