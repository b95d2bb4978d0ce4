using System.Diagnostics;
using Lazuli.Contracts;

namespace Lazuli.Licensing;

/// <summary>Whether one link of a chain allows what is asked, clause by clause.</summary>
internal static class LinkRules
{
    public static readonly Clause[] Order = [Clause.Model, Clause.Right, Clause.Field, Clause.Term, Clause.Condition, Clause.State];

    public static bool Allows(CompiledGrant link, Clause clause, in UseContext use) => clause switch
    {
        Clause.Model => link.CoversModel(use.Question.ModelName, use.Question.ModelDigest),
        Clause.Right => HasRight(link.Grant.Terms, use.Question.Right),
        Clause.Field => use.Field is null || link.CoversField(use.Field),
        Clause.Term => use.Now >= link.Grant.Terms.From && (link.Grant.Terms.Until is not { } until || use.Now < until),
        Clause.Condition => link.AdmitsCustomer(use.Asker.Classes) && FirstUnmet(link, use) is null,
        Clause.State => link.Grant.State == GrantState.Active,
        _ => throw new UnreachableException(),
    };

    /// <summary>Whether some field of the last licence is one of all licences above it: what a request that names no field runs under.</summary>
    public static bool SharesAField(CompiledGrant[] chain)
    {
        CompiledGrant own = chain[^1];
        foreach (string field in own.Fields)
        {
            bool any = field == GrantTerms.Any;
            bool all = true;
            for (int i = 0; i < chain.Length - 1 && all; i++)
            {
                all = any ? chain[i].CoversAnyField : chain[i].CoversField(field);
            }

            if (all)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The right, and the kind of technology that it is exercised on.</summary>
    public static bool HasRight(GrantTerms terms, UseRight right) =>
        (terms.Rights & right) == right && right switch
        {
            UseRight.Use or UseRight.Serve or UseRight.Resell => (terms.Assets & (AssetClasses.Api | AssetClasses.Weights)) != AssetClasses.None,
            UseRight.FineTune => (terms.Assets & AssetClasses.FineTuning) != AssetClasses.None,
            UseRight.ReceiveWeights => (terms.Assets & AssetClasses.Weights) != AssetClasses.None,
            UseRight.Sublicense => true,
            _ => false, // none, or several at once: a question asks for one right
        };

    public static GrantCondition? FirstUnmet(CompiledGrant link, in UseContext use)
    {
        foreach (GrantCondition condition in link.Conditions)
        {
            if (!IsMet(condition, use))
            {
                return condition;
            }
        }

        return null;
    }

    public static bool IsMet(GrantCondition condition, in UseContext use) => condition switch
    {
        GrantCondition.ComputeAtMost compute => use.Model.TrainingFlop is { } flop && flop <= compute.Flop,
        GrantCondition.Finding finding => use.Facts.IsFound(finding.Name, use.Question.ModelName, use.Question.ModelDigest) == finding.Present,
        GrantCondition.Event happened => use.Facts.HasHappened(happened.Name) == happened.Happened,
        GrantCondition.NotBefore from => use.Now >= from.At,
        GrantCondition.Before until => use.Now < until.At,
        _ => throw new UnreachableException(),
    };

    /// <summary>Whether a stage lets a licence be used, whatever the licence says.</summary>
    /// <param name="stage">The model's.</param>
    /// <param name="right">What is asked.</param>
    /// <param name="chain">The licences from the owner's on.</param>
    /// <param name="asker">Who asks.</param>
    public static bool StageReaches(ModelStage stage, UseRight right, CompiledGrant[] chain, Party asker)
    {
        if (stage == ModelStage.Public)
        {
            return true;
        }

        if (chain[^1].Grant.Licensee == PartyId.Public || (right == UseRight.ReceiveWeights && stage < ModelStage.WeightsToLicensee))
        {
            return false;
        }

        return stage switch
        {
            ModelStage.Internal => false,
            ModelStage.Assessors => IsAssessor(asker),
            ModelStage.PreviewPartners => chain.Length == 1 || IsAssessor(asker),
            _ => true,
        };
    }

    private static bool IsAssessor(Party party) => party.Classes.Contains(CustomerClasses.Assessor, StringComparer.Ordinal);
}
