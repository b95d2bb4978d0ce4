namespace Lazuli.Contracts;

/// <summary>Capital that an investor promised; never changed once made.</summary>
public sealed record CapitalCommitment
{
    /// <summary>Its id; making the same again is making it once.</summary>
    public required string Id { get; init; }

    /// <summary>Who gives.</summary>
    public required PartyId Investor { get; init; }

    /// <summary>Who receives.</summary>
    public required PartyId Receiver { get; init; }

    /// <summary>Money or compute.</summary>
    public required CapitalKind Kind { get; init; }

    /// <summary>Of what.</summary>
    public required Currency Currency { get; init; }

    /// <summary>Most that may ever be returned, as hundredths of what was drawn: 10,000 is a hundredfold.</summary>
    public required int CapPercent { get; init; }

    /// <summary>Parts, numbered from 1.</summary>
    public required IReadOnlyList<CapitalTranche> Tranches { get; init; }
}
