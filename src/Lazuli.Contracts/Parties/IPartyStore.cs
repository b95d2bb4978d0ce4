namespace Lazuli.Contracts;

/// <summary>The parties. Thread-safe; every change leaves an audit entry.</summary>
public interface IPartyStore
{
    /// <summary>Adds a party; its creation time is set here.</summary>
    Task<LicensingResult<Party>> AddAsync(Actor actor, PartyId id, PartyKind kind, string name, IReadOnlyList<string> classes, CancellationToken cancellationToken);

    /// <summary>Says to which classes of customer a party belongs.</summary>
    Task<LicensingResult<Party>> SetClassesAsync(Actor actor, PartyId id, IReadOnlyList<string> classes, CancellationToken cancellationToken);

    /// <summary>Closes a party for good: licences from it, to it and through it allow nothing any more.</summary>
    Task<LicensingResult<Party>> CloseAsync(Actor actor, PartyId id, CancellationToken cancellationToken);

    /// <summary>The party of that id; null when there is none.</summary>
    Task<Party?> FindAsync(PartyId id, CancellationToken cancellationToken);

    /// <summary>All parties by id, closed ones too.</summary>
    Task<IReadOnlyList<Party>> ListAsync(CancellationToken cancellationToken);
}
