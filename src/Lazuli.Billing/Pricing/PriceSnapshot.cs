using System.Collections.Frozen;
using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>All prices in force and to come, as they stood at one reading; immutable.</summary>
internal sealed class PriceSnapshot
{
    /// <summary>Nothing published.</summary>
    public static readonly PriceSnapshot Empty = new([], []);

    private readonly FrozenDictionary<string, (PriceVersion Version, PricePlan Plan)> _versions;
    private readonly FrozenDictionary<string, PricePlan> _newest;
    private readonly FrozenDictionary<(PartyId? Party, GrantId? Grant), PriceAssignment[]> _assignments;

    /// <param name="versions">By plan and number.</param>
    /// <param name="assignments">In the order in which they were made.</param>
    public PriceSnapshot(IEnumerable<(PriceVersion Version, PricePlan Plan)> versions, IEnumerable<PriceAssignment> assignments)
    {
        var all = versions.ToList();
        _versions = all.ToFrozenDictionary(entry => entry.Version.Name, StringComparer.Ordinal);
        _newest = all.GroupBy(entry => entry.Plan.Name).ToFrozenDictionary(plan => plan.Key, plan => plan.Last().Plan, StringComparer.Ordinal);
        _assignments = assignments
            .Select((assignment, order) => (assignment, order))
            .GroupBy(entry => (entry.assignment.Party, entry.assignment.Grant))
            .ToFrozenDictionary(
                group => group.Key,
                group => group.OrderByDescending(entry => entry.assignment.From).ThenByDescending(entry => entry.order).Select(entry => entry.assignment).ToArray());
    }

    /// <summary>A published version and its plan.</summary>
    public (PriceVersion Version, PricePlan Plan)? VersionOf(string name) => _versions.TryGetValue(name, out (PriceVersion, PricePlan) found) ? found : null;

    /// <summary>The newest version of a plan; null for none.</summary>
    public PricePlan? NewestOf(string plan) => _newest.GetValueOrDefault(plan);

    /// <summary>All assignments.</summary>
    public IEnumerable<PriceAssignment> Assignments => _assignments.Values.SelectMany(list => list);

    /// <summary>The plain prices of the narrowest assignment that is in force and covers the model; null when there is none.</summary>
    public TokenPrices? Find(in PriceQuestion question)
    {
        GrantId? grant = question.GrantChain.Count > 0 ? question.GrantChain[^1] : null;
        return (grant is null ? null : Of(question.Party, grant, question))
            ?? (grant is null ? null : Of(null, grant, question))
            ?? Of(question.Party, null, question)
            ?? (grant is null ? null : Of(null, null, question)); // what everybody pays is no price of the owner's own use
    }

    /// <summary>The plain price of a job's device-second, found as token prices are; as token prices of zero, with what a device-second costs. Null when there is none.</summary>
    public (TokenPrices Version, long UnitNanos)? FindDeviceSecond(in PriceQuestion question)
    {
        GrantId? grant = question.GrantChain.Count > 0 ? question.GrantChain[^1] : null;
        return (grant is null ? null : DeviceSecondOf(question.Party, grant, question))
            ?? (grant is null ? null : DeviceSecondOf(null, grant, question))
            ?? DeviceSecondOf(question.Party, null, question)
            ?? (grant is null ? null : DeviceSecondOf(null, null, question));
    }

    private (TokenPrices Version, long UnitNanos)? DeviceSecondOf(PartyId? party, GrantId? grant, in PriceQuestion question)
    {
        foreach (PriceAssignment candidate in _assignments.GetValueOrDefault((party, grant), []))
        {
            if (candidate.From <= question.At && (candidate.Until is null || question.At < candidate.Until)
                && _versions.TryGetValue(candidate.PriceVersion, out (PriceVersion Version, PricePlan Plan) entry)
                && entry.Plan.RateOf(question.ModelName, UsageMeter.DeviceSeconds) is { } rate)
            {
                return (new TokenPrices(candidate.PriceVersion, entry.Version.Seller, entry.Version.Currency, 0, 0, 0), rate.PlainUnitNanos);
            }
        }

        return null;
    }

    private TokenPrices? Of(PartyId? party, GrantId? grant, in PriceQuestion question)
    {
        if (!_assignments.TryGetValue((party, grant), out PriceAssignment[]? candidates))
        {
            return null;
        }

        foreach (PriceAssignment candidate in candidates)
        {
            if (candidate.From <= question.At && (candidate.Until is null || question.At < candidate.Until)
                && _versions.TryGetValue(candidate.PriceVersion, out (PriceVersion Version, PricePlan Plan) entry)
                && entry.Plan.PlainPrices(candidate.PriceVersion, entry.Version.Seller, question.ModelName, question.Batch) is { } prices)
            {
                return prices;
            }
        }

        return null;
    }
}
