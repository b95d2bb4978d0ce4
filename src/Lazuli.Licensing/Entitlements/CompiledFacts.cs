using System.Collections.Frozen;
using Lazuli.Contracts;

namespace Lazuli.Licensing;

/// <summary>One state of the facts with the indexes that decisions need. Immutable: whoever holds it decides on one consistent state.</summary>
internal sealed class CompiledFacts
{
    private static readonly CompiledGrant[] s_none = [];

    private readonly FrozenDictionary<PartyId, CompiledGrant[]> _byLicensee;
    private readonly FrozenDictionary<string, ModelPolicy> _models;
    private readonly FrozenSet<(string Name, string Subject)> _findings;
    private readonly FrozenSet<string> _events;
    private readonly OwnershipShare[] _defaultOwners;
    private readonly DateTimeOffset[] _instants;
    private readonly FrozenDictionary<PartyId, ComputeCommitment[]> _commitments;

    public CompiledFacts(LicensingFacts facts)
    {
        Facts = facts;
        Parties = facts.Parties.ToFrozenDictionary(party => party.Id);
        Projects = facts.Projects.ToFrozenDictionary(project => project.Id);
        Grants = CompiledGrant.CompileAll(facts, Parties).ToFrozenDictionary();
        _byLicensee = facts.Grants.Select(grant => Grants[grant.Id]).Distinct()
            .GroupBy(grant => grant.Grant.Licensee)
            .ToFrozenDictionary(group => group.Key, group => group.ToArray());
        _models = facts.Models.ToFrozenDictionary(model => model.Subject, StringComparer.Ordinal);
        _findings = facts.Findings.Select(finding => (finding.Name, finding.Subject)).ToFrozenSet();
        _events = facts.Events.Select(happened => happened.Name).ToFrozenSet(StringComparer.Ordinal);
        _defaultOwners = [new OwnershipShare(facts.DefaultOwner, OwnershipShare.Whole)];
        _commitments = facts.Commitments.GroupBy(commitment => commitment.Party).ToFrozenDictionary(group => group.Key, group => group.ToArray());
        _instants = [.. facts.Grants.Where(grant => grant.State == GrantState.Active).SelectMany(InstantsOf).Concat(facts.Commitments.SelectMany(InstantsOf)).Distinct().Order()];
        OwnersAnswer = new EntitlementDecision.Allowed([], []) { Epoch = facts.Epoch };
    }

    public LicensingFacts Facts { get; }

    public FrozenDictionary<PartyId, Party> Parties { get; }

    public FrozenDictionary<ProjectId, Project> Projects { get; }

    public FrozenDictionary<GrantId, CompiledGrant> Grants { get; }

    /// <summary>The yes to an owner, made once.</summary>
    public EntitlementDecision.Allowed OwnersAnswer { get; }

    /// <summary>Grants to a party, oldest first.</summary>
    public CompiledGrant[] GrantsTo(PartyId licensee) => _byLicensee.TryGetValue(licensee, out CompiledGrant[]? grants) ? grants : s_none;

    /// <summary>A party's commitments to providers, oldest first; ended ones too.</summary>
    public ComputeCommitment[] CommitmentsOf(PartyId party) => _commitments.TryGetValue(party, out ComputeCommitment[]? found) ? found : [];

    /// <summary>The exclusive commitment of a party that stands against running a model somewhere; null when none does.</summary>
    public ComputeCommitment? CommitmentAgainst(PartyId party, EntitlementQuestion question, DateTimeOffset now)
    {
        if (_commitments.Count == 0)
        {
            return null;
        }

        foreach (ComputeCommitment commitment in CommitmentsOf(party))
        {
            if (commitment.Terms.Exclusive && CommitmentRules.IsInForce(commitment, now) && !CommitmentRules.Admits(commitment.Terms, ComputeUse.Run, question.Provider, question.ModelName, question.Project))
            {
                return commitment;
            }
        }

        return null;
    }

    /// <summary>What is known of a model by name and version together.</summary>
    public ModelFacts Model(string name, string digest)
    {
        ModelPolicy? version = digest.Length > 0 ? _models.GetValueOrDefault(digest) : null;
        ModelPolicy? named = _models.GetValueOrDefault(name);
        return new ModelFacts
        {
            Owners = version is { Owners.Count: > 0 } ? version.Owners : named is { Owners.Count: > 0 } ? named.Owners : _defaultOwners,
            Stage = version?.Stage ?? named?.Stage ?? ModelStage.Internal,
            Hold = version?.Hold ?? named?.Hold,
            Revocation = version?.Revocation ?? named?.Revocation,
            TrainingFlop = version?.TrainingFlop ?? named?.TrainingFlop,
        };
    }

    public bool IsFound(string finding, string name, string digest) =>
        _findings.Contains((finding, name)) || _findings.Contains((finding, digest)) || _findings.Contains((finding, GrantTerms.Any));

    /// <summary>Whether some term or date was reached after <paramref name="from"/>, and not after <paramref name="to"/>: answers may have changed by themselves.</summary>
    public bool HasInstantBetween(DateTimeOffset from, DateTimeOffset to)
    {
        int at = Array.BinarySearch(_instants, from);
        int next = at >= 0 ? at + 1 : ~at;
        return next < _instants.Length && _instants[next] <= to;
    }

    public bool HasHappened(string name) => _events.Contains(name);

    private static IEnumerable<DateTimeOffset> InstantsOf(ComputeCommitment commitment) =>
        commitment.Terms.Until is { } until ? [commitment.Terms.From, until] : [commitment.Terms.From];

    private static IEnumerable<DateTimeOffset> InstantsOf(Grant grant)
    {
        yield return grant.Terms.From;
        if (grant.Terms.Until is { } until)
        {
            yield return until;
        }

        foreach (GrantCondition condition in grant.Terms.Conditions)
        {
            if (condition is GrantCondition.NotBefore from)
            {
                yield return from.At;
            }
            else if (condition is GrantCondition.Before before)
            {
                yield return before.At;
            }
        }
    }
}
