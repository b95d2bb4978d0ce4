using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>Whether what events name is there: parties, projects, models, grants.</summary>
internal interface IEventNames
{
    /// <summary>The open party; null for none.</summary>
    Task<Party?> PartyAsync(PartyId id, CancellationToken cancellationToken);

    /// <summary>The open project; null for none.</summary>
    Task<Project?> ProjectAsync(ProjectId id, CancellationToken cancellationToken);

    /// <summary>Whether there is such a model, by name or digest.</summary>
    Task<bool> HasModelAsync(string name, string digest, CancellationToken cancellationToken);

    /// <summary>The grant; null for none.</summary>
    Task<Grant?> GrantAsync(GrantId id, CancellationToken cancellationToken);
}
