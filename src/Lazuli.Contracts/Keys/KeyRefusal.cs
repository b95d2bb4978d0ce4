namespace Lazuli.Contracts;

/// <summary>Why a live key may not be used so.</summary>
public enum KeyRefusal
{
    /// <summary>It is not for this endpoint.</summary>
    Endpoint,

    /// <summary>It is not for this model.</summary>
    Model,

    /// <summary>The request comes from an address outside its allow-list.</summary>
    Address,
}
