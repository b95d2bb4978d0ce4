namespace Lazuli.Contracts;

/// <summary>Royalty statements, one a link of the chain. Thread-safe.</summary>
public interface IRoyalties
{
    /// <summary>Issues a statement of the royalties that invoices up to the period's end brought and no statement has told yet; asked again for the same period, answers the one that was issued.</summary>
    /// <param name="licensor">Who is paid.</param>
    /// <param name="licensee">Who pays.</param>
    /// <param name="currency">Of what.</param>
    /// <param name="from">First instant of the period.</param>
    /// <param name="until">First instant after it.</param>
    /// <param name="grants">Grants between the two, for their fixed fees.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<RoyaltyStatement> IssueAsync(PartyId licensor, PartyId licensee, Currency currency, DateTimeOffset from, DateTimeOffset until, IReadOnlyList<GrantId> grants, CancellationToken cancellationToken);

    /// <summary>Statements that a licensor issued and a licensee got, oldest first; null for all.</summary>
    Task<IReadOnlyList<RoyaltyStatement>> ListAsync(PartyId? licensor, PartyId? licensee, CancellationToken cancellationToken);

    /// <summary>Pairs with royalties up to an instant that no statement has told yet.</summary>
    Task<IReadOnlyList<(PartyId Licensor, PartyId Licensee, Currency Currency)>> OpenAsync(DateTimeOffset until, CancellationToken cancellationToken);

    /// <summary>Writes a statement in a form; FOCUS has none for it.</summary>
    string Export(RoyaltyStatement statement, InvoiceFormat format);
}
