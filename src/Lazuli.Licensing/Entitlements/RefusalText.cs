using System.Globalization;
using Lazuli.Contracts;

namespace Lazuli.Licensing;

/// <summary>Reasons in words for the asking party: clauses of its own licence, nothing of those above.</summary>
internal static class RefusalText
{
    public const string Above = "A licence above yours does not allow this.";
    public const string AboveInactive = "A licence above yours is suspended or over.";

    public static string UnknownParty(EntitlementQuestion question) => $"There is no open party '{question.Party}'.";

    public static string UnknownProject(EntitlementQuestion question) => $"Party '{question.Party}' has no open project '{question.Project}'.";

    public static string Revoked(EntitlementQuestion question) => $"The model '{question.ModelName}' is revoked.";

    public static string OnHold(EntitlementQuestion question) => $"A safety hold is on the model '{question.ModelName}'.";

    public static string NoGrant(EntitlementQuestion question) => $"Party '{question.Party}' has no licence for the model '{question.ModelName}'.";

    public static string NotOneRight(EntitlementQuestion question) => $"A question asks for one right; got '{WordForm.Of(question.Right)}'.";

    public static string NotCommitted(ComputeCommitment commitment, EntitlementQuestion question) => commitment.Party == question.Party
        ? $"'{commitment.Party}' computes exclusively with '{commitment.Terms.Provider}' ({commitment.Id}){Elsewhere(question)}."
        : $"The model '{question.ModelName}' may not run there: somebody above you computes exclusively with another provider.";

    public static string Of(EntitlementRules.Failure failure, in UseContext use)
    {
        CompiledGrant grant = failure.Grant!;
        if (failure.Against is { } against)
        {
            return NotCommitted(against, use.Question);
        }

        if (failure.Link is not { } at)
        {
            return failure.Code == EntitlementRefusal.StageTooLow
                ? $"The model '{use.Question.ModelName}' is not released that far yet: its stage is '{WordForm.Of(use.Model.Stage)}'."
                : NoGrant(use.Question);
        }

        if (at < grant.Chain.Length - 1)
        {
            return failure.Code == EntitlementRefusal.GrantSuspended ? AboveInactive : Above;
        }

        return OwnLink(failure.Code, grant, use);
    }

    public static string Day(DateTimeOffset time) => time.UtcDateTime.ToString(time.UtcDateTime.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    public static string Condition(GrantCondition condition) => condition switch
    {
        GrantCondition.ComputeAtMost compute => string.Create(CultureInfo.InvariantCulture, $"the model was trained with at most {compute.Flop:0.###e+0} FLOP"),
        GrantCondition.Finding finding => finding.Present ? $"'{finding.Name}' has been found in the model" : $"'{finding.Name}' has not been found in the model",
        GrantCondition.Event happened => happened.Happened ? $"'{happened.Name}' has happened" : $"'{happened.Name}' has not happened",
        GrantCondition.NotBefore from => $"the time is {Day(from.At)} or later",
        GrantCondition.Before until => $"the time is before {Day(until.At)}",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string Elsewhere(EntitlementQuestion question) => question.Provider is { } provider ? $"; this would run with '{provider}'" : "; where this would run is not known";

    private static string OwnLink(EntitlementRefusal code, CompiledGrant grant, in UseContext use)
    {
        GrantTerms terms = grant.Grant.Terms;
        string licence = $"Your licence {grant.Grant.Id} from '{grant.Grant.Licensor}'";
        switch (code)
        {
            case EntitlementRefusal.ModelNotCovered:
                return $"{licence} covers {Quote(terms.Models)}; '{use.Question.ModelName}' is not among them.";
            case EntitlementRefusal.RightNotGranted:
                return $"{licence} allows {WordForm.Of(terms.Rights)} of {WordForm.Of(terms.Assets)}; this needs '{WordForm.Of(use.Question.Right)}'.";
            case EntitlementRefusal.FieldNotCovered:
                return use.Field is null ? $"{licence} has no field of use in which its chain holds." : $"{licence} is for the field of use {Quote(terms.Fields)}; '{use.Field}' lies outside.";
            case EntitlementRefusal.OutsideTerm:
                return use.Now < terms.From ? $"{licence} begins on {Day(terms.From)}." : $"{licence} was over on {Day(terms.Until!.Value)}.";
            case EntitlementRefusal.ConditionNotMet:
                return LinkRules.FirstUnmet(grant, use) is { } unmet ? $"{licence} holds only while {Condition(unmet)}." : $"{licence} is for customers of the class {Quote(terms.CustomerClasses)}.";
            default:
                return grant.Grant.State switch
                {
                    GrantState.Offered => $"{licence} is offered and not signed yet.",
                    _ => $"{licence} is {WordForm.Of(grant.Grant.State)}{(grant.Grant.StateReason is { Length: > 0 } why ? $": {why}" : "")}.",
                };
        }
    }

    private static string Quote(IReadOnlyList<string> names) => string.Join(", ", names.Take(5).Select(name => name == GrantTerms.Any ? "all" : $"'{name}'")) + (names.Count > 5 ? $" and {names.Count - 5} more" : "");
}
