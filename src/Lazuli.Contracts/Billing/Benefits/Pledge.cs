namespace Lazuli.Contracts;

/// <summary>A promise to give a share away to public-interest parties, as credit that expires.</summary>
public sealed record Pledge
{
    /// <summary>Its id; making the same again is making it once.</summary>
    public required string Id { get; init; }

    /// <summary>Who gives.</summary>
    public required PartyId Pledger { get; init; }

    /// <summary>Whose prices the credit pays; the pledger's own where it sells itself.</summary>
    public required PartyId Seller { get; init; }

    /// <summary>A share of what.</summary>
    public required PledgeBase Base { get; init; }

    /// <summary>How much of it, in hundredths of a percent, 1 to 10,000.</summary>
    public required int ShareBasisPoints { get; init; }

    /// <summary>Of what.</summary>
    public required Currency Currency { get; init; }

    /// <summary>Who receives, and in which proportion.</summary>
    public required IReadOnlyList<PledgeReceiver> Receivers { get; init; }

    /// <summary>Days until the credit expires.</summary>
    public required int ExpiryDays { get; init; }
}

/// <summary>Who receives of a pledge.</summary>
/// <param name="Party">The party.</param>
/// <param name="Weight">Its proportion, above zero.</param>
public sealed record PledgeReceiver(PartyId Party, long Weight);
