namespace Lazuli.Contracts;

/// <summary>What a licensor owes a licensee in its field of use.</summary>
public enum Exclusivity
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A first offer, before somebody else is licensed there.</summary>
    Preferred,

    /// <summary>To license nobody else there.</summary>
    ExclusiveInField,
}
