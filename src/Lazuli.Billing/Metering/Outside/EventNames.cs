using Lazuli.Contracts;
using Microsoft.Extensions.DependencyInjection;

namespace Lazuli.Billing;

/// <summary>What licensing and the registry know; where a process has neither, nothing is known and every event waits.</summary>
internal sealed class EventNames(IServiceProvider services) : IEventNames
{
    /// <inheritdoc/>
    public async Task<Party?> PartyAsync(PartyId id, CancellationToken cancellationToken) =>
        services.GetService<IPartyStore>() is { } parties && await parties.FindAsync(id, cancellationToken).ConfigureAwait(false) is { ClosedAt: null } party ? party : null;

    /// <inheritdoc/>
    public async Task<Project?> ProjectAsync(ProjectId id, CancellationToken cancellationToken) =>
        services.GetService<IProjectStore>() is { } projects && await projects.FindAsync(id, cancellationToken).ConfigureAwait(false) is { ClosedAt: null } project ? project : null;

    /// <inheritdoc/>
    public async Task<bool> HasModelAsync(string name, string digest, CancellationToken cancellationToken)
    {
        if (services.GetService<IModelRegistry>() is { } registry && await registry.FindModelAsync(name, cancellationToken).ConfigureAwait(false) is not null)
        {
            return true;
        }

        return services.GetService<IModelPolicies>() is { } policies
            && (await policies.ListAsync(cancellationToken).ConfigureAwait(false)).Any(policy => policy.Subject == name || policy.Subject == digest);
    }

    /// <inheritdoc/>
    public async Task<Grant?> GrantAsync(GrantId id, CancellationToken cancellationToken) =>
        services.GetService<IGrantStore>() is { } grants ? await grants.FindAsync(id, cancellationToken).ConfigureAwait(false) : null;
}
