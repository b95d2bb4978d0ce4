using System.Globalization;
using System.Text;
using Lazuli.Contracts;

namespace Lazuli.Licensing;

/// <summary>Lays a decision open, as far as the reader may see.</summary>
internal sealed class GrantExplainer(Entitlements entitlements, TimeProvider time) : IGrantExplainer
{
    /// <inheritdoc/>
    public GrantExplanation Explain(EntitlementQuestion question, PartyId? viewer)
    {
        ArgumentNullException.ThrowIfNull(question);
        return Explain(entitlements.Current, question, viewer, time.GetUtcNow());
    }

    /// <summary>The explanation; pure.</summary>
    public static GrantExplanation Explain(CompiledFacts facts, EntitlementQuestion question, PartyId? viewer, DateTimeOffset now)
    {
        EntitlementDecision decision = EntitlementRules.Decide(facts, question, now);
        var refused = decision as EntitlementDecision.Refused;
        ModelFacts model = facts.Model(question.ModelName, question.ModelDigest);
        bool seesAll = viewer is null || model.IsOwnedBy(viewer.Value);
        return new GrantExplanation
        {
            Party = question.Party,
            ModelName = question.ModelName,
            Right = question.Right,
            At = now,
            Epoch = decision.Epoch,
            IsAllowed = refused is null,
            Code = refused?.Code,
            Reason = refused is not null ? (HearsReasons(question, model, viewer) ? refused.Reason : Untold(refused.Code)) : Allowed((EntitlementDecision.Allowed)decision, question, viewer, facts),
            Model = ModelClauses(model, question, seesAll),
            Chains = Chains(facts, question, model, viewer, now),
        };
    }

    /// <inheritdoc/>
    public string ToText(GrantExplanation explanation)
    {
        ArgumentNullException.ThrowIfNull(explanation);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{(explanation.IsAllowed ? "Allowed" : "Refused")}: '{explanation.Party}' may {(explanation.IsAllowed ? "" : "not ")}{WordForm.Of(explanation.Right)} '{explanation.ModelName}'");
        text.AppendLine(CultureInfo.InvariantCulture, $" on {RefusalText.Day(explanation.At)} (epoch {explanation.Epoch}).");
        text.AppendLine(explanation.Reason);
        AppendClauses(text, "  ", explanation.Model);
        foreach (ExplainedChain chain in explanation.Chains)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {(chain.Allows ? "allows" : "refuses")}: a chain of {chain.Links.Count} {(chain.Links.Count == 1 ? "licence" : "licences")}");
            if (chain.Fault is not null)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"    no   {chain.Fault}");
            }

            foreach (ExplainedLink link in chain.Links)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"    {(link.Allows ? "yes" : "no ")}  {(link.Grant is { } id ? $"{id}: '{link.Licensor}' to '{link.Licensee}'" : "another party's licence, whose clauses are not yours to see")}");
                AppendClauses(text, "           ", link.Clauses);
            }
        }

        return text.ToString().ReplaceLineEndings("\n");
    }

    private static void AppendClauses(StringBuilder text, string indent, IReadOnlyList<ExplainedClause> clauses)
    {
        foreach (ExplainedClause clause in clauses)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{indent}{(clause.Holds ? "yes" : "no ")}  {clause.Name}: {clause.Text}");
        }
    }

    private static string Allowed(EntitlementDecision.Allowed allowed, EntitlementQuestion question, PartyId? viewer, CompiledFacts facts)
    {
        if (allowed.GrantChain.Count == 0)
        {
            return $"'{question.Party}' owns the model.";
        }

        Grant own = facts.Grants[allowed.GrantChain[^1]].Grant;
        return MaySee(own, viewer) ? $"By {own.Id} from '{own.Licensor}', the last of {allowed.GrantChain.Count} licences." : $"By the last of {allowed.GrantChain.Count} licences.";
    }

    private static List<ExplainedClause> ModelClauses(in ModelFacts model, EntitlementQuestion question, bool seesAll)
    {
        var clauses = new List<ExplainedClause>
        {
            new("stage", $"{WordForm.Of(model.Stage)}", model.IsOwnedBy(question.Party) || model.Stage > ModelStage.Internal),
            new("hold", model.Hold is null ? "none" : seesAll ? $"held: {model.Hold}" : "held", model.Hold is null),
            new("revocation", model.Revocation is null ? "none" : seesAll ? $"revoked: {model.Revocation}" : "revoked", model.Revocation is null),
        };
        if (seesAll)
        {
            clauses.Insert(0, new ExplainedClause("owners", string.Join(", ", model.Owners.Select(owner => string.Create(CultureInfo.InvariantCulture, $"'{owner.Party}' {owner.BasisPoints / 100m:0.##} %"))), true));
        }

        return clauses;
    }

    private static IReadOnlyList<ExplainedChain> Chains(CompiledFacts facts, EntitlementQuestion question, ModelFacts model, PartyId? viewer, DateTimeOffset now)
    {
        if (!facts.Parties.TryGetValue(question.Party, out Party? asker) || model.IsOwnedBy(question.Party))
        {
            return [];
        }

        string? field = question.FieldOfUse ?? facts.Projects.GetValueOrDefault(question.Project)?.FieldOfUse;
        var use = new UseContext { Facts = facts, Question = question, Asker = asker, Model = model, Field = field, Now = now };
        return [.. facts.GrantsTo(question.Party).Concat(question.Party == PartyId.Public ? [] : facts.GrantsTo(PartyId.Public)).Select(grant => Chain(grant, use, viewer))];
    }

    private static ExplainedChain Chain(CompiledGrant grant, UseContext use, PartyId? viewer)
    {
        EntitlementRules.Failure? failure = use.Model.Hold is null && use.Model.Revocation is null ? EntitlementRules.FirstFailure(grant, use) : null;
        bool allows = failure is null && use.Model.Hold is null && use.Model.Revocation is null;
        string? fault = failure is { Link: null, Code: EntitlementRefusal.NoGrant } ? grant.Fault ?? "It does not begin at the model's owner."
            : failure is { Link: null } other ? (HearsReasons(use.Question, use.Model, viewer) ? RefusalText.Of(other, use) : Untold(other.Code))
            : null;
        return new ExplainedChain(allows, [.. grant.Chain.Select(link => Link(link, use, viewer))], fault);
    }

    private static ExplainedLink Link(CompiledGrant link, UseContext use, PartyId? viewer)
    {
        bool allows = LinkRules.Order.All(clause => LinkRules.Allows(link, clause, use));
        return MaySee(link.Grant, viewer)
            ? new ExplainedLink(link.Grant.Id, link.Grant.Licensor, link.Grant.Licensee, allows, Clauses(link, use))
            : new ExplainedLink(null, null, null, allows, []);
    }

    private static List<ExplainedClause> Clauses(CompiledGrant link, UseContext use)
    {
        GrantTerms terms = link.Grant.Terms;
        var clauses = new List<ExplainedClause>
        {
            new("models", string.Join(", ", terms.Models), LinkRules.Allows(link, Clause.Model, use)),
            new("rights", $"{WordForm.Of(terms.Rights)} of {WordForm.Of(terms.Assets)}", LinkRules.Allows(link, Clause.Right, use)),
            new("field", string.Join(", ", terms.Fields), LinkRules.Allows(link, Clause.Field, use)),
            new("term", $"{RefusalText.Day(terms.From)} to {(terms.Until is { } until ? RefusalText.Day(until) : "no end")}", LinkRules.Allows(link, Clause.Term, use)),
        };
        if (!terms.CustomerClasses.Contains(GrantTerms.Any))
        {
            clauses.Add(new ExplainedClause("customers", string.Join(", ", terms.CustomerClasses), link.AdmitsCustomer(use.Asker.Classes)));
        }

        clauses.AddRange(terms.Conditions.Select(condition => new ExplainedClause("condition", RefusalText.Condition(condition), LinkRules.IsMet(condition, use))));
        if (terms.Restrictions.Count > 0)
        {
            clauses.Add(new ExplainedClause("forbidden uses", string.Join(", ", terms.Restrictions), true));
        }

        if (terms.Exclusivity != Exclusivity.None)
        {
            clauses.Add(new ExplainedClause("exclusivity", WordForm.Of(terms.Exclusivity), true));
        }

        string state = WordForm.Of(link.Grant.State) + (link.Grant.StateReason is { Length: > 0 } why ? $": {why}" : "");
        clauses.Add(new ExplainedClause("state", state, LinkRules.Allows(link, Clause.State, use)));
        return clauses;
    }

    // The reason is written for the asking party; it may name clauses of its own licence and its own commitments.
    private static bool HearsReasons(EntitlementQuestion question, in ModelFacts model, PartyId? viewer) =>
        viewer is not { } party || party == question.Party || model.IsOwnedBy(party);

    private static string Untold(EntitlementRefusal code) => $"The reason ({WordForm.Of(code)}) is told to the asking party.";

    private static bool MaySee(Grant grant, PartyId? viewer) =>
        viewer is not { } party || grant.Licensor == party || grant.Licensee == party || grant.Licensee == PartyId.Public;
}
