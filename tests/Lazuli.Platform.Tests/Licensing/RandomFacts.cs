using CsCheck;
using Lazuli.Contracts;
using Lazuli.Licensing;

namespace Lazuli.Platform.Tests;

/// <summary>Random facts over few names, so that they meet often.</summary>
internal static class RandomFacts
{
    private static readonly string[] s_parties = ["lab", "a", "b", "c", "d", "public"];
    private static readonly string[] s_models = ["*", "m", "n", Make.Digest, "m@" + Make.Digest];
    private static readonly string[] s_fields = ["*", "law", "support"];
    private static readonly string[] s_classes = ["*", "assessor", "defence"];

    public static readonly Gen<DateTimeOffset> Time = Gen.Int[-4, 4].Select(days => Make.Now.AddDays(days));

    private static readonly Gen<UseRight> s_right = Gen.OneOf(UseRight.Use, UseRight.Serve, UseRight.FineTune, UseRight.Sublicense, UseRight.Resell, UseRight.ReceiveWeights);

    private static readonly Gen<GrantCondition> s_condition = Gen.OneOf<GrantCondition>(
        new GrantCondition.ComputeAtMost(1e20), new GrantCondition.Finding("agi", false), new GrantCondition.Finding("safe", true),
        new GrantCondition.Event("merger", false), new GrantCondition.Event("audit", true), new GrantCondition.Before(Make.Now.AddDays(1)), new GrantCondition.NotBefore(Make.Now.AddDays(-1)));

    public static readonly Gen<GrantTerms> Terms =
        from models in Some(s_models)
        from assets in Gen.OneOf<AssetClasses>(Gen.Const(AssetClasses.All), Gen.Int[1, 255].Select(a => (AssetClasses)a))
        from rights in Gen.OneOf<int>(Gen.Const(63), Gen.Int[1, 63]).Select(r => (UseRight)r)
        from fields in Some(s_fields)
        from term in Gen.Select(Time, Gen.OneOf<int?>(Gen.Const((int?)null), Gen.Int[1, 8].Select(d => (int?)d)))
        from restrictions in Gen.OneOf<string[]>([], ["r1"], ["r1", "r2"])
        from conditions in s_condition.Array[0, 1]
        from classes in Gen.Frequency<string[]>((3, Gen.Const<string[]>(["*"])), (1, Some(s_classes)))
        from depth in Gen.Int[0, 4]
        from share in Gen.Int[0, 3]
        from exclusivity in Gen.OneOf(Exclusivity.None, Exclusivity.None, Exclusivity.Preferred, Exclusivity.ExclusiveInField)
        select new GrantTerms
        {
            Models = models,
            Assets = assets,
            Rights = depth > 0 ? rights | UseRight.Sublicense : (rights & ~UseRight.Sublicense) is var r && r == UseRight.None ? UseRight.Use : r,
            Fields = fields,
            From = term.Item1,
            Until = term.Item2 is { } days ? term.Item1.AddDays(days) : null,
            Restrictions = restrictions,
            Conditions = conditions,
            CustomerClasses = classes,
            SublicenseDepth = depth,
            Exclusivity = exclusivity,
            LeastRevenueShare = share * 1000,
            Fees = share > 0 ? [new GrantFee.RevenueShare(share * 1000)] : [],
        };

    public static readonly Gen<EntitlementQuestion> Question =
        from party in Gen.OneOf("a", "b", "c", "d", "lab", "public", "nobody")
        from model in Gen.OneOf("m", "m", "n")
        from digest in Gen.OneOf(Make.Digest, Make.Digest, "")
        from right in s_right
        from field in Gen.OneOf<string?>(null, "law", "support", "chess")
        from provider in Gen.OneOf<string?>(null, "azure", "own")
        select new EntitlementQuestion { Provider = provider is null ? null : new PartyId(provider), Party = new PartyId(party), Project = new ProjectId(party + "-project"), ModelName = model, ModelDigest = digest, Right = right, FieldOfUse = field };

    private static readonly Gen<GrantState> s_state = Gen.Frequency<GrantState>((12, Gen.Const(GrantState.Active)), (1, Gen.OneOf(GrantState.Offered, GrantState.Suspended, GrantState.Ended)));

    private static readonly Gen<ModelPolicy> s_model =
        from subject in Gen.OneOf("m", "n", Make.Digest)
        from stage in Gen.Frequency<ModelStage?>((4, Gen.OneOf<ModelStage?>(ModelStage.Commercial, ModelStage.Public, ModelStage.WeightsToLicensee)), (2, Gen.OneOf<ModelStage?>(null, ModelStage.Internal, ModelStage.Assessors, ModelStage.PreviewPartners)))
        from owner in Gen.Frequency<string[]>((6, Gen.Const<string[]>([])), (1, Gen.OneOf<string[]>(["lab", "a"], ["b"], ["lab"])))
        from stop in Gen.Frequency<int>((12, Gen.Const(0)), (1, Gen.Int[1, 2]))
        from flop in Gen.OneOf<double?>(null, 1e19, 1e21)
        select new ModelPolicy
        {
            Subject = subject,
            Stage = stage,
            Owners = [.. owner.Select(o => new OwnershipShare(new PartyId(o), 10_000 / owner.Length))],
            Hold = stop == 1 ? "why" : null,
            Revocation = stop == 2 ? "why" : null,
            TrainingFlop = flop,
        };

    private static readonly Gen<ComputeCommitment> s_commitment =
        from party in Gen.OneOf("lab", "a", "b")
        from covers in Gen.Int[1, 3]
        from exclusive in Gen.OneOf(true, true, false)
        from start in Time
        from except in Gen.Int[0, 5]
        select new ComputeCommitment
        {
            Id = "commitment_" + party,
            Party = new PartyId(party),
            MadeAt = Make.Now,
            EndedAt = except == 4 ? Make.Now : null,
            Terms = new CommitmentTerms
            {
                Provider = new PartyId("azure"),
                Covers = (ComputeUse)covers,
                Exclusive = exclusive,
                From = start,
                Until = start.AddDays(3),
                ExceptedModels = except == 1 ? ["m"] : [],
                ExceptedProjects = except == 2 ? [new ProjectId("c-project")] : [],
                ExceptedProviders = except == 3 ? [new PartyId("own")] : [],
            },
        };

    /// <summary>Facts whose grants mostly hang together, because a random tree rarely would.</summary>
    public static readonly Gen<LicensingFacts> Facts =
        from terms in Terms.Array[1, 9]
        from states in s_state.Array[9]
        from picks in Gen.Int[0, 1000].Array[9]
        from parties in Gen.Int[0, 4].Array[9]
        from models in s_model.Array[1, 3]
        from fields in Gen.OneOf<string?>(null, null, "law").Array[6]
        from classes in Gen.OneOf<string[]>([], ["assessor"], ["defence"]).Array[6]
        from closed in Gen.Frequency<int>((9, Gen.Const(-1)), (1, Gen.Int[0, 4]))
        from found in Gen.OneOf<string[]>([], ["agi"], ["safe"], ["safe", "agi"])
        from commitments in Gen.Frequency<ComputeCommitment[]>((3, Gen.Const<ComputeCommitment[]>([])), (1, s_commitment.Array[1, 2]))
        from events in Gen.OneOf<string[]>([], ["merger"], ["audit"])
        select new LicensingFacts
        {
            Epoch = 1,
            Parties = [.. s_parties.Select((p, i) => Make.Party(p, classes[i]) with { ClosedAt = i == closed ? Make.Now : null })],
            Projects = [.. s_parties.Select((p, i) => Make.ProjectOf(p, fields[i]))],
            Grants = Hang(terms, states, picks, parties),
            Models = [.. models.DistinctBy(m => m.Subject)],
            Findings = [.. found.Select(f => new CapabilityFinding(f, "m", Make.Now))],
            Commitments = commitments,
            Events = [.. events.Select(e => new LicensingEvent(e, Make.Now))],
        };

    private static Grant[] Hang(GrantTerms[] terms, GrantState[] states, int[] picks, int[] parties)
    {
        var grants = new List<Grant>();
        for (int i = 0; i < terms.Length; i++)
        {
            Grant? parent = grants.Count > 0 && picks[i] % 4 != 0 ? grants[picks[i] % grants.Count] : null;
            string licensor = parent is null ? "lab" : picks[i] % 29 == 0 ? "d" : parent.Licensee.Value;
            grants.Add(Make.Grant("g" + i, licensor, s_parties[1 + parties[i]], terms[i], parent?.Id.Value) with { State = states[i] });
        }

        return [.. grants];
    }

    private static Gen<string[]> Some(string[] names) => Gen.Frequency<string[]>(
        (2, Gen.Const<string[]>(["*"])),
        (3, Gen.Int[1, (1 << names.Length) - 1].Select(bits => names.Where((_, i) => (bits & (1 << i)) != 0).ToArray())));
}
