namespace Lazuli.Contracts;

/// <summary>Licences through their life: offered, told to whom is preferred, signed, suspended and resumed, ended. Thread-safe; every step leaves an audit entry and counts the epoch up.</summary>
public interface IGrantStore
{
    /// <summary>Offers a licence; by the licensor.</summary>
    Task<LicensingResult<Grant>> OfferAsync(Actor actor, PartyId licensor, PartyId licensee, GrantId? parent, GrantTerms terms, CancellationToken cancellationToken);

    /// <summary>Tells every preferred licensee in whose field an offer lies; their notice periods begin. By the licensor.</summary>
    Task<LicensingResult<Grant>> GiveNoticeAsync(Actor actor, GrantId offer, CancellationToken cancellationToken);

    /// <summary>Signs an offer, which brings it into force; by the licensee, and by the licensor where the licensee is <see cref="PartyId.Public"/>.</summary>
    Task<LicensingResult<Grant>> SignAsync(Actor actor, GrantId id, CancellationToken cancellationToken);

    /// <summary>Takes an offer back or declines it; by either side.</summary>
    Task<LicensingResult<Grant>> WithdrawAsync(Actor actor, GrantId id, string reason, CancellationToken cancellationToken);

    /// <summary>Stops a licence and all below it, until it is resumed; by the licensor.</summary>
    Task<LicensingResult<Grant>> SuspendAsync(Actor actor, GrantId id, string reason, CancellationToken cancellationToken);

    /// <summary>Lets a suspended licence go on; by the licensor.</summary>
    Task<LicensingResult<Grant>> ResumeAsync(Actor actor, GrantId id, CancellationToken cancellationToken);

    /// <summary>Ends a licence for good, and with it all below; by either side.</summary>
    Task<LicensingResult<Grant>> EndAsync(Actor actor, GrantId id, string reason, CancellationToken cancellationToken);

    /// <summary>The grant of that id; null when there is none.</summary>
    Task<Grant?> FindAsync(GrantId id, CancellationToken cancellationToken);

    /// <summary>Grants from or to a party, or all for null; oldest first.</summary>
    Task<IReadOnlyList<Grant>> ListAsync(PartyId? party, CancellationToken cancellationToken);
}
