namespace Lazuli.Contracts;

/// <summary>Prepaid, promotional and pledged credit. Used in the order priority, earliest expiry, earliest given. Thread-safe.</summary>
public interface ICredits
{
    /// <summary>Gives credit; the same again changes nothing.</summary>
    /// <exception cref="BillingRefusedException">Not above zero, it ends before it begins, or the id is there with other content.</exception>
    Task GrantAsync(CreditGrant grant, CancellationToken cancellationToken);

    /// <summary>Lets a party's credit pay what it accrued with a seller up to now, then lets what is past its expiry expire.</summary>
    /// <returns>Nano-units that credit paid.</returns>
    Task<long> ApplyAsync(PartyId party, PartyId issuer, Currency currency, CancellationToken cancellationToken);

    /// <summary><see cref="ApplyAsync"/> for everybody whose credit is past its expiry, and admission is told what begins and ends: to be called every minute or so.</summary>
    /// <returns>How many credits expired.</returns>
    Task<int> ExpireAsync(CancellationToken cancellationToken);

    /// <summary>A party's credit, in the order in which it is used; null for everybody's.</summary>
    Task<IReadOnlyList<CreditBalance>> ListAsync(PartyId? party, CancellationToken cancellationToken);
}
