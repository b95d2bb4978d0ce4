namespace Lazuli.Contracts;

/// <summary>How an amount is returned.</summary>
/// <param name="Parts">What goes to each commitment, by id; none above its cap.</param>
/// <param name="ResidualNanos">What is above all caps, in nano-units: the residual owner's.</param>
public sealed record Distribution(IReadOnlyList<DistributionPart> Parts, long ResidualNanos);

/// <summary>What goes to one commitment.</summary>
/// <param name="Commitment">Its id.</param>
/// <param name="Investor">Whose.</param>
/// <param name="Nanos">How much, in nano-units.</param>
public sealed record DistributionPart(string Commitment, PartyId Investor, long Nanos);
