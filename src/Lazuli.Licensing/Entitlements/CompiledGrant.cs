using System.Collections.Frozen;
using Lazuli.Contracts;

namespace Lazuli.Licensing;

/// <summary>A grant with its chain resolved, ready to be asked.</summary>
internal sealed class CompiledGrant
{
    private const int LongestChain = 64;

    private readonly ModelSelector[] _models;
    private readonly FrozenSet<string>? _fields;
    private readonly FrozenSet<string>? _customerClasses;

    private CompiledGrant(Grant grant)
    {
        Grant = grant;
        _models = [.. grant.Terms.Models.Select(ModelSelector.Parse)];
        _fields = AsSet(grant.Terms.Fields);
        _customerClasses = AsSet(grant.Terms.CustomerClasses);
        Conditions = [.. grant.Terms.Conditions];
        Chain = [this];
        Answer = null!;
    }

    public Grant Grant { get; }

    public GrantCondition[] Conditions { get; }

    /// <summary>The grants from the owner's to this one.</summary>
    public CompiledGrant[] Chain { get; private set; }

    /// <summary>Why no chain of licences ends here; null when one does.</summary>
    public string? Fault { get; private set; }

    /// <summary>The yes of this chain, made once, so that a decision allocates nothing.</summary>
    public EntitlementDecision.Allowed Answer { get; private set; }

    /// <summary>Resolves all grants of one state of the facts.</summary>
    public static IReadOnlyDictionary<GrantId, CompiledGrant> CompileAll(LicensingFacts facts, IReadOnlyDictionary<PartyId, Party> parties)
    {
        var all = new Dictionary<GrantId, CompiledGrant>(facts.Grants.Count);
        foreach (Grant grant in facts.Grants)
        {
            all.TryAdd(grant.Id, new CompiledGrant(grant));
        }

        foreach (CompiledGrant grant in all.Values)
        {
            grant.Resolve(all, parties, facts.Epoch);
        }

        return all;
    }

    public bool CoversModel(string name, string digest)
    {
        foreach (ModelSelector model in _models)
        {
            if (model.Covers(name, digest))
            {
                return true;
            }
        }

        return false;
    }

    public bool CoversField(string field) => _fields is null || _fields.Contains(field);

    /// <summary>The fields one by one, <c>*</c> for any.</summary>
    public IReadOnlyList<string> Fields => Grant.Terms.Fields;

    public bool CoversAnyField => _fields is null;

    public bool AdmitsCustomer(IReadOnlyList<string> classes)
    {
        if (_customerClasses is null)
        {
            return true;
        }

        for (int i = 0; i < classes.Count; i++)
        {
            if (_customerClasses.Contains(classes[i]))
            {
                return true;
            }
        }

        return false;
    }

    private void Resolve(Dictionary<GrantId, CompiledGrant> all, IReadOnlyDictionary<PartyId, Party> parties, long epoch)
    {
        var chain = new List<CompiledGrant> { this };
        CompiledGrant at = this;
        while (Fault is null && at.Grant.Parent is { } parentId)
        {
            if (!all.TryGetValue(parentId, out CompiledGrant? parent))
            {
                Fault = "A licence that it hangs on does not exist.";
            }
            else if (parent.Grant.Licensee != at.Grant.Licensor || parent.Grant.Licensee == PartyId.Public)
            {
                Fault = "A licence in the chain was granted by somebody who does not hold the one above.";
            }
            else if ((parent.Grant.Terms.Rights & UseRight.Sublicense) == UseRight.None || parent.Grant.Terms.SublicenseDepth < chain.Count)
            {
                Fault = "A licence in the chain does not allow licences so far below it.";
            }
            else if (chain.Count == LongestChain || chain.Contains(parent))
            {
                Fault = "The chain of licences runs in a circle or is too long.";
            }
            else
            {
                chain.Add(parent);
                at = parent;
            }
        }

        chain.Reverse();
        Chain = [.. chain];
        if (Fault is null && chain.Any(link => !IsOpen(parties, link.Grant.Licensor) || !IsOpen(parties, link.Grant.Licensee)))
        {
            Fault = "A party in the chain is unknown or closed.";
        }

        Answer = new EntitlementDecision.Allowed([.. Chain.Select(link => link.Grant.Id)], [.. Chain.Select(link => link.Grant.Licensor)]) { Epoch = epoch };
    }

    private static bool IsOpen(IReadOnlyDictionary<PartyId, Party> parties, PartyId party) => parties.TryGetValue(party, out Party? found) && found.ClosedAt is null;

    private static FrozenSet<string>? AsSet(IReadOnlyList<string> names) => names.Contains(GrantTerms.Any) ? null : names.ToFrozenSet(StringComparer.Ordinal);
}
