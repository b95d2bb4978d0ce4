using Lazuli.Contracts;

namespace Lazuli.Licensing;

/// <summary>Decides what licences allow: a pure function of the facts, the question and the time. What nobody allowed is refused.</summary>
/// <remarks>
/// In this order: (1) party and project are known and open, the project is the party's; (2) the model is not revoked, (3) not on hold;
/// (4) an owner needs no licence; (5) every licence of the party, then every open one, oldest first, is asked with its whole chain, the first that allows decides;
/// (6) else the licence that came furthest gives the reason.
/// A chain allows when it begins at the model's owner and each link allows model, right, field, term and conditions, is in force, the stage reaches the asker, and no
/// exclusive compute commitment of asker, owner or licensor stands against where it runs.
/// </remarks>
internal static class EntitlementRules
{
    /// <summary>Decides.</summary>
    public static EntitlementDecision Decide(CompiledFacts facts, EntitlementQuestion question, DateTimeOffset now)
    {
        if (!facts.Parties.TryGetValue(question.Party, out Party? asker) || asker.ClosedAt is not null || question.Party == PartyId.Public)
        {
            return Refuse(facts, EntitlementRefusal.UnknownParty, RefusalText.UnknownParty(question));
        }

        if (!facts.Projects.TryGetValue(question.Project, out Project? project) || project.ClosedAt is not null || !Owns(project, question.Party))
        {
            return Refuse(facts, EntitlementRefusal.UnknownParty, RefusalText.UnknownProject(question));
        }

        ModelFacts model = facts.Model(question.ModelName, question.ModelDigest);
        if (model.Revocation is not null)
        {
            return Refuse(facts, EntitlementRefusal.Revoked, RefusalText.Revoked(question));
        }

        if (model.Hold is not null)
        {
            return Refuse(facts, EntitlementRefusal.OnHold, RefusalText.OnHold(question));
        }

        if (model.IsOwnedBy(question.Party))
        {
            return !IsOneRight(question.Right) ? Refuse(facts, EntitlementRefusal.RightNotGranted, RefusalText.NotOneRight(question))
                : CommitmentAgainst(facts, question, model, [], now) is { } own ? Refuse(facts, EntitlementRefusal.ProviderNotCommitted, RefusalText.NotCommitted(own, question))
                : facts.OwnersAnswer;
        }

        var use = new UseContext { Facts = facts, Question = question, Asker = asker, Model = model, Field = question.FieldOfUse ?? project.FieldOfUse, Now = now };
        Failure best = default;
        return Ask(facts.GrantsTo(question.Party), use, ref best) ?? Ask(facts.GrantsTo(PartyId.Public), use, ref best) ??
            (best.Grant is null
                ? Refuse(facts, EntitlementRefusal.NoGrant, RefusalText.NoGrant(question))
                : Refuse(facts, best.Code, RefusalText.Of(best, use)));
    }

    // Whoever owns, licenses or asks may have promised to compute with one provider only.
    private static ComputeCommitment? CommitmentAgainst(CompiledFacts facts, EntitlementQuestion question, in ModelFacts model, CompiledGrant[] chain, DateTimeOffset now)
    {
        if (question.Right is not (UseRight.Use or UseRight.Serve or UseRight.Resell))
        {
            return null;
        }

        ComputeCommitment? against = facts.CommitmentAgainst(question.Party, question, now);
        for (int i = 0; i < model.Owners.Count && against is null; i++)
        {
            against = facts.CommitmentAgainst(model.Owners[i].Party, question, now);
        }

        for (int i = 0; i < chain.Length && against is null; i++)
        {
            against = facts.CommitmentAgainst(chain[i].Grant.Licensor, question, now);
        }

        return against;
    }

    /// <summary>Asks one chain; null when it allows. A chain that is broken, or begins at somebody who does not own the model, is none.</summary>
    public static Failure? FirstFailure(CompiledGrant grant, in UseContext use)
    {
        if (grant.Fault is not null || grant.Chain[0].Grant.Licensor != use.Model.Lead)
        {
            return new Failure(grant, EntitlementRefusal.NoGrant, 0, null);
        }

        int rank = 1;
        foreach (Clause clause in LinkRules.Order)
        {
            // The asker's own link first: only its clauses may be told.
            for (int i = grant.Chain.Length - 1; i >= 0; i--)
            {
                CompiledGrant link = grant.Chain[i];
                if (!LinkRules.Allows(link, clause, use))
                {
                    return new Failure(grant, CodeOf(clause), rank, i);
                }
            }

            if (clause == Clause.Field && use.Field is null && !LinkRules.SharesAField(grant.Chain))
            {
                return new Failure(grant, EntitlementRefusal.FieldNotCovered, rank, 0);
            }

            rank++;
        }

        return !LinkRules.StageReaches(use.Model.Stage, use.Question.Right, grant.Chain, use.Asker) ? new Failure(grant, EntitlementRefusal.StageTooLow, rank, null)
            : CommitmentAgainst(use.Facts, use.Question, use.Model, grant.Chain, use.Now) is { } against ? new Failure(grant, EntitlementRefusal.ProviderNotCommitted, rank + 1, null, against)
            : null;
    }

    private static EntitlementDecision? Ask(CompiledGrant[] grants, in UseContext use, ref Failure best)
    {
        foreach (CompiledGrant grant in grants)
        {
            if (FirstFailure(grant, use) is not { } failure)
            {
                return grant.Answer;
            }

            if (best.Grant is null || failure.Rank > best.Rank)
            {
                best = failure;
            }
        }

        return null;
    }

    private static EntitlementRefusal CodeOf(Clause clause) => clause switch
    {
        Clause.Model => EntitlementRefusal.ModelNotCovered,
        Clause.Right => EntitlementRefusal.RightNotGranted,
        Clause.Field => EntitlementRefusal.FieldNotCovered,
        Clause.Term => EntitlementRefusal.OutsideTerm,
        Clause.Condition => EntitlementRefusal.ConditionNotMet,
        _ => EntitlementRefusal.GrantSuspended,
    };

    private static bool IsOneRight(UseRight right) => System.Numerics.BitOperations.IsPow2((int)right);

    private static bool Owns(Project project, PartyId party)
    {
        for (int i = 0; i < project.Owners.Count; i++)
        {
            if (project.Owners[i].Party == party)
            {
                return true;
            }
        }

        return false;
    }

    private static EntitlementDecision.Refused Refuse(CompiledFacts facts, EntitlementRefusal code, string reason) => new(code, reason) { Epoch = facts.Facts.Epoch };

    /// <summary>Where a chain refused.</summary>
    /// <param name="Grant">The chain's last grant.</param>
    /// <param name="Code">Why.</param>
    /// <param name="Rank">How far it came.</param>
    /// <param name="Link">Which link refused; null where no single one did.</param>
    /// <param name="Against">The compute commitment that refused; null where none did.</param>
    internal readonly record struct Failure(CompiledGrant? Grant, EntitlementRefusal Code, int Rank, int? Link, ComputeCommitment? Against = null);
}
