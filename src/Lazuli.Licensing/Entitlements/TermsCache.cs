using System.Collections.Concurrent;
using Lazuli.Contracts;

namespace Lazuli.Licensing;

/// <summary>Terms read once: those of a grant never change. Thread-safe.</summary>
internal sealed class TermsCache
{
    private readonly ConcurrentDictionary<string, GrantTerms> _byGrant = new(StringComparer.Ordinal);

    public GrantTerms Of(string grant, string stored) =>
        _byGrant.TryGetValue(grant, out GrantTerms? terms) ? terms : _byGrant.GetOrAdd(grant, StoredJson.Read<GrantTerms>(stored));
}
