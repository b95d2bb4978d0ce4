namespace Lazuli.Contracts;

/// <summary>A settled request.</summary>
/// <param name="RequestId">Its id.</param>
/// <param name="Sequence">Number of its meter event in its source, without gaps.</param>
/// <param name="Charge">What is accrued for it at the price version's plain token prices; tiers are settled on the invoice.</param>
/// <param name="PriceVersion">The price version that held.</param>
public sealed record Settlement(Guid RequestId, long Sequence, Money Charge, string PriceVersion);
