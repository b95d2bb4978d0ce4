namespace Lazuli.Contracts;

/// <summary>The projects. Thread-safe; every change leaves an audit entry.</summary>
public interface IProjectStore
{
    /// <summary>Adds a project of one party or of several.</summary>
    Task<LicensingResult<Project>> AddAsync(Actor actor, ProjectId id, string name, IReadOnlyList<OwnershipShare> owners, string? fieldOfUse, CancellationToken cancellationToken);

    /// <summary>Notes what a party put in. Shares change only by <see cref="SetOwnersAsync"/>.</summary>
    Task<LicensingResult<Project>> ContributeAsync(Actor actor, ProjectId id, PartyId party, string description, CancellationToken cancellationToken);

    /// <summary>Sets the owners and their shares.</summary>
    Task<LicensingResult<Project>> SetOwnersAsync(Actor actor, ProjectId id, IReadOnlyList<OwnershipShare> owners, CancellationToken cancellationToken);

    /// <summary>Sets the field of use of requests that name none; null for any.</summary>
    Task<LicensingResult<Project>> SetFieldOfUseAsync(Actor actor, ProjectId id, string? fieldOfUse, CancellationToken cancellationToken);

    /// <summary>Closes a project for good: its keys open nothing any more.</summary>
    Task<LicensingResult<Project>> CloseAsync(Actor actor, ProjectId id, CancellationToken cancellationToken);

    /// <summary>The project of that id; null when there is none.</summary>
    Task<Project?> FindAsync(ProjectId id, CancellationToken cancellationToken);

    /// <summary>All projects by id, closed ones too.</summary>
    Task<IReadOnlyList<Project>> ListAsync(CancellationToken cancellationToken);
}
