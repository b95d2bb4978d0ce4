namespace Lazuli.Contracts;

/// <summary>What a party is in the partnership.</summary>
public enum PartyKind
{
    /// <summary>Owns labs; what is above investors' caps is its.</summary>
    Nonprofit,

    /// <summary>Makes models, and licenses them.</summary>
    Lab,

    /// <summary>Takes a licence to sell on.</summary>
    Commercialiser,

    /// <summary>Sells under a commercialiser's licence.</summary>
    Partner,

    /// <summary>Uses models.</summary>
    Customer,

    /// <summary>Runs machines.</summary>
    Provider,

    /// <summary>Commits capital, for a capped return.</summary>
    Investor,

    /// <summary>Receives pledged compute or revenue.</summary>
    PublicInterest,

    /// <summary>The one party that stands for everybody: <see cref="PartyId.Public"/>.</summary>
    Public,
}
