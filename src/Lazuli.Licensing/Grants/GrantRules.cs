using System.Buffers;
using System.Globalization;
using Lazuli.Contracts;

namespace Lazuli.Licensing;

/// <summary>What must hold of a grant by itself and beside its parent. Pure; every answer is the whole list of what is wrong, empty when nothing is.</summary>
internal static class GrantRules
{
    public const int MostListed = 200;
    public const int DeepestChain = 16;
    public const int LongestName = 200;

    private const int MostNoticeDays = 3660;
    private static readonly SearchValues<char> s_name = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-/:");
    private static readonly SearchValues<char> s_hex = SearchValues.Create("0123456789abcdef");

    /// <summary>What is wrong with terms by themselves.</summary>
    public static IReadOnlyList<string> Problems(GrantTerms terms)
    {
        var problems = new List<string>();
        CheckList(problems, "models", terms.Models, IsModel, "'*', a name, sha256: and 64 hex digits, or name@sha256:…");
        CheckList(problems, "fields of use", terms.Fields, IsNameOrAny, "'*' or 1 to 200 letters, digits and . _ - / :");
        CheckList(problems, "customer classes", terms.CustomerClasses, IsNameOrAny, "'*' or 1 to 200 letters, digits and . _ - / :");
        CheckList(problems, "restrictions", terms.Restrictions, IsName, "1 to 200 letters, digits and . _ - / :", mayBeEmpty: true);
        CheckFlags(problems, terms);
        CheckTerm(problems, terms);
        CheckConditions(problems, terms);
        CheckFees(problems, terms);
        return problems;
    }

    /// <summary>Whether text may name a field, class, restriction, finding or event.</summary>
    public static bool IsName(string? text) => text is { Length: > 0 and <= LongestName } && char.IsAsciiLetterOrDigit(text[0]) && !text.AsSpan().ContainsAnyExcept(s_name);

    /// <summary>Whether text may name a model, a version, or both.</summary>
    public static bool IsModel(string? text)
    {
        if (text is null or GrantTerms.Any)
        {
            return text is not null;
        }

        int at = text.IndexOf('@', StringComparison.Ordinal);
        return at >= 0 ? IsName(text[..at]) && !IsDigest(text[..at]) && IsDigest(text[(at + 1)..])
            : text.StartsWith(ModelSelector.DigestPrefix, StringComparison.Ordinal) ? IsDigest(text) : IsName(text);
    }

    /// <summary>Whether text is a version's digest.</summary>
    public static bool IsDigest(string? text) =>
        text is { Length: 71 } && text.StartsWith(ModelSelector.DigestPrefix, StringComparison.Ordinal) && !text.AsSpan(ModelSelector.DigestPrefix.Length).ContainsAnyExcept(s_hex);

    private static bool IsNameOrAny(string? text) => text == GrantTerms.Any || IsName(text);

    private static void CheckList(List<string> problems, string what, IReadOnlyList<string> list, Func<string?, bool> isRight, string form, bool mayBeEmpty = false)
    {
        if (list is null || (list.Count == 0 && !mayBeEmpty))
        {
            problems.Add($"The list of {what} is empty; '*' means all.");
            return;
        }

        if (list.Count > MostListed)
        {
            problems.Add($"The list of {what} has at most {MostListed} entries; got {list.Count}.");
            return;
        }

        foreach (string entry in list.Where(entry => !isRight(entry)).Take(3))
        {
            problems.Add($"In the list of {what}: wanted {form}; got '{Short(entry)}'.");
        }

        if (list.Distinct(StringComparer.Ordinal).Count() < list.Count)
        {
            problems.Add($"The list of {what} names something twice.");
        }
    }

    private static void CheckFlags(List<string> problems, GrantTerms terms)
    {
        if (terms.Assets == AssetClasses.None || (terms.Assets & ~AssetClasses.All) != AssetClasses.None)
        {
            problems.Add($"A licence covers at least one kind of technology of those that there are; got {(int)terms.Assets}.");
        }

        if (terms.Rights == UseRight.None || (terms.Rights & ~AllRights) != UseRight.None)
        {
            problems.Add($"A licence gives at least one right of those that there are; got {(int)terms.Rights}.");
        }

        if (!Enum.IsDefined(terms.Exclusivity))
        {
            problems.Add($"Exclusivity is none, preferred or exclusive in field; got {(int)terms.Exclusivity}.");
        }

        if (terms.SublicenseDepth is < 0 or > DeepestChain)
        {
            problems.Add($"From 0 to {DeepestChain} licences may hang below another; got {terms.SublicenseDepth.ToString(CultureInfo.InvariantCulture)}.");
        }

        if ((terms.SublicenseDepth > 0) != terms.Rights.HasFlag(UseRight.Sublicense))
        {
            problems.Add("The right to sub-license and a depth above 0 come together; got one without the other.");
        }
    }

    private static void CheckTerm(List<string> problems, GrantTerms terms)
    {
        if (terms.Until is { } until && until <= terms.From)
        {
            problems.Add($"A licence ends after it begins; got {RefusalText.Day(terms.From)} to {RefusalText.Day(until)}.");
        }

        if (terms.NoticeDays is < 0 or > MostNoticeDays)
        {
            problems.Add($"A notice period has 0 to {MostNoticeDays} days; got {terms.NoticeDays.ToString(CultureInfo.InvariantCulture)}.");
        }

        if (terms.NoticeDays > 0 && terms.Exclusivity != Exclusivity.Preferred)
        {
            problems.Add("Only a preferred licence has a notice period.");
        }

        if (terms.Excepted is null || terms.Excepted.Count > MostListed)
        {
            problems.Add($"At most {MostListed} older grants can be excepted.");
        }
        else if (terms.Excepted.Count > 0 && terms.Exclusivity != Exclusivity.ExclusiveInField)
        {
            problems.Add("Only an exclusive licence excepts older ones.");
        }
    }

    private static void CheckConditions(List<string> problems, GrantTerms terms)
    {
        if (terms.Conditions is null || terms.Conditions.Count > MostListed)
        {
            problems.Add($"A licence has at most {MostListed} conditions.");
            return;
        }

        foreach (GrantCondition condition in terms.Conditions)
        {
            switch (condition)
            {
                case GrantCondition.ComputeAtMost compute when !(double.IsFinite(compute.Flop) && compute.Flop > 0):
                    problems.Add($"A compute threshold is a number of FLOP above 0; got {compute.Flop.ToString(CultureInfo.InvariantCulture)}.");
                    break;
                case GrantCondition.Finding finding when !IsName(finding.Name):
                    problems.Add($"A finding's name is 1 to 200 letters, digits and . _ - / :; got '{Short(finding.Name)}'.");
                    break;
                case GrantCondition.Event happened when !IsName(happened.Name):
                    problems.Add($"An event's name is 1 to 200 letters, digits and . _ - / :; got '{Short(happened.Name)}'.");
                    break;
                case null:
                    problems.Add("A condition is missing.");
                    break;
            }
        }
    }

    private static void CheckFees(List<string> problems, GrantTerms terms)
    {
        if (terms.Fees is null || terms.Fees.Count > MostListed)
        {
            problems.Add($"A licence has at most {MostListed} fees.");
            return;
        }

        foreach (GrantFee fee in terms.Fees)
        {
            switch (fee)
            {
                case GrantFee.Fixed @fixed when @fixed.NanosPerMonth <= 0 || !IsCurrency(@fixed.Currency):
                    problems.Add($"A fixed fee is above 0 in a currency of three capital letters; got {@fixed.NanosPerMonth.ToString(CultureInfo.InvariantCulture)} nanos of '{Short(@fixed.Currency)}'.");
                    break;
                case GrantFee.PerToken perToken when !IsName(perToken.Plan):
                    problems.Add($"A fee per token names a price plan; got '{Short(perToken.Plan)}'.");
                    break;
                case GrantFee.RevenueShare share when share.BasisPoints is < 1 or > OwnershipShare.Whole:
                    problems.Add($"A revenue share is 1 to 10,000 basis points; got {share.BasisPoints.ToString(CultureInfo.InvariantCulture)}.");
                    break;
                case null:
                    problems.Add("A fee is missing.");
                    break;
            }
        }

        if (terms.Fees.OfType<GrantFee.RevenueShare>().Count() > 1)
        {
            problems.Add("A licence has one revenue share at most.");
        }

        if (terms.LeastRevenueShare is < 0 or > OwnershipShare.Whole)
        {
            problems.Add($"The least revenue share below is 0 to 10,000 basis points; got {terms.LeastRevenueShare.ToString(CultureInfo.InvariantCulture)}.");
        }
    }

    private static UseRight AllRights => UseRight.Use | UseRight.Serve | UseRight.FineTune | UseRight.Sublicense | UseRight.Resell | UseRight.ReceiveWeights;

    private static bool IsCurrency(string? code) => code is { Length: 3 } && code.All(char.IsAsciiLetterUpper);

    private static string Short(string? text) => text is null ? "" : text.Length <= 80 ? text : text[..80] + "…";
}
