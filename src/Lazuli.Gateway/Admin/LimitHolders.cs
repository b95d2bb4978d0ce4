using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>Whose the things are that have limits, and who sells to them.</summary>
internal sealed class LimitHolders(ILicensingView licences, IApiKeyStore keys, IGrantStore grants) : IDisposable
{
    private readonly SemaphoreSlim _changing = new(1, 1);

    /// <summary>One change of limits at a time: who may only tighten must not race who sets.</summary>
    public async Task<T> ChangeAsync<T>(Func<Task<T>> change, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await change().ConfigureAwait(false);
        }
        finally
        {
            _changing.Release();
        }
    }

    public void Dispose() => _changing.Dispose();

    /// <summary>The parties that see how an account stands; none for what is not there.</summary>
    public async Task<Func<LimitSubject, IReadOnlyList<PartyId>>> ReaderAsync(CancellationToken cancellationToken)
    {
        Dictionary<string, PartyId> parties = (await keys.ListAsync(cancellationToken).ConfigureAwait(false)).ToDictionary(key => key.Id, key => key.Party, StringComparer.Ordinal);
        return subject => subject.Kind switch
        {
            LimitSubjectKind.Party => [new PartyId(subject.Id)],
            LimitSubjectKind.Project => licences.FindProject(new ProjectId(subject.Id)) is { } project ? [.. project.Owners.Select(owner => owner.Party)] : [],
            LimitSubjectKind.Key => parties.TryGetValue(subject.Id, out PartyId party) ? [party] : [],
            _ => licences.FindGrant(new GrantId(subject.Id)) is { } grant ? [grant.Licensee, grant.Licensor] : [],
        };
    }

    /// <summary>Whether a party sells to whoever holds the account: it licenses the grant, or every licence that the holder has.</summary>
    public async Task<bool> IsSellerAsync(PartyId seller, LimitSubject subject, CancellationToken cancellationToken)
    {
        if (subject.Kind == LimitSubjectKind.Grant)
        {
            return licences.FindGrant(new GrantId(subject.Id))?.Licensor == seller;
        }

        IReadOnlyList<PartyId> holders = (await ReaderAsync(cancellationToken).ConfigureAwait(false))(subject);
        if (holders.Count == 0 || holders.Contains(seller))
        {
            return false;
        }

        Grant[] received = [.. (await grants.ListAsync(holders[0], cancellationToken).ConfigureAwait(false)).Where(grant => grant.Licensee == holders[0] && (grant.State is GrantState.Active or GrantState.Suspended))];
        return received.Length > 0 && received.All(grant => grant.Licensor == seller);
    }
}
