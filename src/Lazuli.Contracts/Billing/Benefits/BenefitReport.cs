namespace Lazuli.Contracts;

/// <summary>Who had the use of the platform, how concentrated that was, and what was given away.</summary>
/// <param name="From">First instant.</param>
/// <param name="Until">First instant after.</param>
/// <param name="Currency">Of amounts.</param>
/// <param name="Uses">A row a party, the greatest first.</param>
/// <param name="Figures">Sums, concentration, share given away; each with its definition.</param>
public sealed record BenefitReport(DateTimeOffset From, DateTimeOffset Until, Currency Currency, IReadOnlyList<BenefitUse> Uses, IReadOnlyList<BenefitFigure> Figures);

/// <summary>What a party used.</summary>
/// <param name="Party">The party.</param>
/// <param name="Tokens">Tokens in and out.</param>
/// <param name="DeviceSeconds">Device-seconds, to a millisecond.</param>
/// <param name="PledgedNanos">Pledged credit that it received in the period, in nano-units.</param>
public sealed record BenefitUse(PartyId Party, long Tokens, decimal DeviceSeconds, long PledgedNanos);
