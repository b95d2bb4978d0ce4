using Lazuli.Contracts;
using Lazuli.Licensing;

namespace Lazuli.Platform.Tests;

/// <summary>What licences allow, written for reading: no indexes, nothing prepared, each rule a sentence.</summary>
internal static class ReferenceRules
{
    /// <summary>The chain that allows, the owner's grant first, empty for an owner; null when nothing does.</summary>
    public static IReadOnlyList<string>? Decide(LicensingFacts facts, EntitlementQuestion q, DateTimeOffset now)
    {
        Party? asker = facts.Parties.FirstOrDefault(p => p.Id == q.Party && p.ClosedAt is null && p.Id != PartyId.Public);
        Project? project = facts.Projects.FirstOrDefault(p => p.Id == q.Project && p.ClosedAt is null && p.Owners.Any(o => o.Party == q.Party));
        List<ModelPolicy> said = [.. facts.Models.Where(m => m.Subject == q.ModelDigest), .. facts.Models.Where(m => m.Subject == q.ModelName)];
        List<PartyId> owners = said.FirstOrDefault(m => m.Owners.Count > 0)?.Owners.Select(o => o.Party).ToList() ?? [facts.DefaultOwner];
        if (asker is null || project is null || said.Any(m => m.Hold is not null || m.Revocation is not null))
        {
            return null;
        }

        if (owners.Contains(q.Party))
        {
            return KeepsCommitments(facts, q, owners, [], now) ? [] : null;
        }

        IEnumerable<Grant> mine = facts.Grants.Where(g => g.Licensee == q.Party).Concat(facts.Grants.Where(g => g.Licensee == PartyId.Public));
        foreach (Grant grant in mine)
        {
            List<Grant>? chain = ChainOf(facts, grant);
            if (chain is not null && chain[0].Licensor == owners[0] && Allows(facts, chain, q, asker, project, said, now) && KeepsCommitments(facts, q, owners, chain, now))
            {
                return [.. chain.Select(g => g.Id.Value)];
            }
        }

        return null;
    }

    private static bool KeepsCommitments(LicensingFacts facts, EntitlementQuestion q, List<PartyId> owners, List<Grant> chain, DateTimeOffset now) =>
        q.Right is not (UseRight.Use or UseRight.Serve or UseRight.Resell) ||
        facts.Commitments
            .Where(c => c.Party == q.Party || owners.Contains(c.Party) || chain.Any(g => g.Licensor == c.Party))
            .Where(c => c.Terms.Exclusive && c.Terms.Covers.HasFlag(ComputeUse.Run) && c.EndedAt is null && c.Terms.From <= now && (c.Terms.Until is null || now < c.Terms.Until))
            .All(c => q.Provider == c.Terms.Provider || (q.Provider is { } p && c.Terms.ExceptedProviders.Contains(p)) || c.Terms.ExceptedModels.Contains(q.ModelName) || c.Terms.ExceptedProjects.Contains(q.Project));

    private static List<Grant>? ChainOf(LicensingFacts facts, Grant grant)
    {
        List<Grant> chain = [grant];
        while (chain[0].Parent is { } parentId)
        {
            Grant? parent = facts.Grants.FirstOrDefault(g => g.Id == parentId);
            if (parent is null || chain.Contains(parent) || parent.Licensee != chain[0].Licensor || parent.Licensee == PartyId.Public)
            {
                return null;
            }

            chain.Insert(0, parent);
        }

        bool depthHolds = Enumerable.Range(0, chain.Count - 1).All(i => chain[i].Terms.Rights.HasFlag(UseRight.Sublicense) && chain[i].Terms.SublicenseDepth >= chain.Count - 1 - i);
        bool open = chain.SelectMany(g => new[] { g.Licensor, g.Licensee }).All(id => facts.Parties.Any(p => p.Id == id && p.ClosedAt is null));
        return depthHolds && open ? chain : null;
    }

    private static bool Allows(LicensingFacts facts, List<Grant> chain, EntitlementQuestion q, Party asker, Project project, List<ModelPolicy> said, DateTimeOffset now)
    {
        string? field = q.FieldOfUse ?? project.FieldOfUse;
        IEnumerable<string> fields = field is not null ? [field] : chain[^1].Terms.Fields;
        ModelStage stage = said.Select(m => m.Stage).FirstOrDefault(s => s is not null) ?? ModelStage.Internal;
        double? flop = said.Select(m => m.TrainingFlop).FirstOrDefault(f => f is not null);
        bool assessor = asker.Classes.Contains("assessor");
        bool stageReaches = chain[^1].Licensee == PartyId.Public ? stage == ModelStage.Public
            : (q.Right != UseRight.ReceiveWeights || stage >= ModelStage.WeightsToLicensee) &&
              (stage >= ModelStage.Commercial || (stage == ModelStage.PreviewPartners && (assessor || chain.Count == 1)) || (stage == ModelStage.Assessors && assessor));
        return stageReaches &&
            fields.Any(f => chain.All(g => g.Terms.Fields.Contains("*") || (f != "*" && g.Terms.Fields.Contains(f)))) &&
            chain.All(g => g.State == GrantState.Active &&
                g.Terms.Models.Any(m => m == "*" || m == q.ModelName || m == q.ModelDigest || m == q.ModelName + "@" + q.ModelDigest) &&
                g.Terms.Rights.HasFlag(q.Right) && HasAsset(g.Terms.Assets, q.Right) &&
                g.Terms.From <= now && (g.Terms.Until is null || now < g.Terms.Until) &&
                (g.Terms.CustomerClasses.Contains("*") || g.Terms.CustomerClasses.Intersect(asker.Classes).Any()) &&
                g.Terms.Conditions.All(c => Holds(c)));

        bool Holds(GrantCondition condition) => condition switch
        {
            GrantCondition.ComputeAtMost c => flop is not null && flop <= c.Flop,
            GrantCondition.Finding f => f.Present == facts.Findings.Any(x => x.Name == f.Name && (x.Subject == "*" || x.Subject == q.ModelName || x.Subject == q.ModelDigest)),
            GrantCondition.Event e => e.Happened == facts.Events.Any(x => x.Name == e.Name),
            GrantCondition.NotBefore n => n.At <= now,
            GrantCondition.Before b => now < b.At,
            _ => false,
        };
    }

    private static bool HasAsset(AssetClasses assets, UseRight right) => right switch
    {
        UseRight.Sublicense => true,
        UseRight.FineTune => assets.HasFlag(AssetClasses.FineTuning),
        UseRight.ReceiveWeights => assets.HasFlag(AssetClasses.Weights),
        _ => assets.HasFlag(AssetClasses.Api) || assets.HasFlag(AssetClasses.Weights),
    };
}
