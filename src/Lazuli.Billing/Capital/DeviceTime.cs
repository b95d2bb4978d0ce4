using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>Device-time that somebody's requests took.</summary>
/// <param name="Party">Who.</param>
/// <param name="GrantChain">Under which grants, the owner's first.</param>
/// <param name="Model">Of which model.</param>
/// <param name="Microseconds">Of devices, in microseconds.</param>
internal sealed record DeviceTime(PartyId Party, IReadOnlyList<GrantId> GrantChain, string Model, long Microseconds);
