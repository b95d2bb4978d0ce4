using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>Body of a request that issues a royalty statement.</summary>
/// <param name="Licensor">Who is paid.</param>
/// <param name="Licensee">Who pays.</param>
/// <param name="Currency">Of what.</param>
/// <param name="From">First instant of the period.</param>
/// <param name="Until">First instant after it.</param>
/// <param name="Grants">Grants between the two, for their fixed fees.</param>
public sealed record StatementWanted(PartyId Licensor, PartyId Licensee, Currency Currency, DateTimeOffset From, DateTimeOffset Until, IReadOnlyList<GrantId>? Grants = null);
