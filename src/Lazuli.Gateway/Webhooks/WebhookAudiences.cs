using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Gateway;

/// <summary>Which parties an event's audience comes to, as things stand now.</summary>
internal sealed class WebhookAudiences(IGrantStore grants, IProjectStore projects, IApiKeyStore keys)
{
    /// <summary>The parties, each once; the public is nobody.</summary>
    public async Task<IReadOnlySet<string>> PartiesAsync(IReadOnlyList<OutboxAudience> audience, CancellationToken cancellationToken)
    {
        var parties = new HashSet<string>(StringComparer.Ordinal);
        foreach (OutboxAudience one in audience)
        {
            switch (one.Kind)
            {
                case OutboxAudienceKind.Party:
                    parties.Add(one.Id);
                    break;
                case OutboxAudienceKind.Grant when await grants.FindAsync(new GrantId(one.Id), cancellationToken).ConfigureAwait(false) is { } grant:
                    parties.Add(grant.Licensor.Value);
                    parties.Add(grant.Licensee.Value);
                    break;
                case OutboxAudienceKind.Project:
                    await AddOwnersAsync(new ProjectId(one.Id), parties, cancellationToken).ConfigureAwait(false);
                    break;
                case OutboxAudienceKind.Key when (await keys.ListAsync(cancellationToken).ConfigureAwait(false)).FirstOrDefault(key => key.Id == one.Id) is { } key:
                    await AddOwnersAsync(new ProjectId(key.Project), parties, cancellationToken).ConfigureAwait(false);
                    break;
            }
        }

        parties.Remove(PartyId.Public.Value);
        return parties;
    }

    private async Task AddOwnersAsync(ProjectId id, HashSet<string> parties, CancellationToken cancellationToken)
    {
        if (await projects.FindAsync(id, cancellationToken).ConfigureAwait(false) is { } project)
        {
            parties.UnionWith(project.Owners.Select(owner => owner.Party.Value));
        }
    }
}
