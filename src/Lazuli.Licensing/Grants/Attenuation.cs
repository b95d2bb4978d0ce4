using Lazuli.Contracts;

namespace Lazuli.Licensing;

/// <summary>A licence below another gives no more than it has, and forbids no less. Pure.</summary>
internal static class Attenuation
{
    /// <summary>In what way a child goes beyond its parent; empty when it does not.</summary>
    /// <remarks>Conditions need no comparing: those of every link are asked at the moment of use.</remarks>
    public static IReadOnlyList<string> Problems(GrantTerms child, GrantTerms parent)
    {
        var problems = new List<string>();
        if (!parent.Rights.HasFlag(UseRight.Sublicense) || parent.SublicenseDepth < 1)
        {
            problems.Add("The licence above does not allow sub-licensing.");
        }
        else if (child.SublicenseDepth >= parent.SublicenseDepth)
        {
            problems.Add($"The licence above allows {parent.SublicenseDepth} below it, so {parent.SublicenseDepth - 1} below this one; got {child.SublicenseDepth}.");
        }

        ModelSelector[] above = [.. parent.Models.Select(ModelSelector.Parse)];
        foreach (string model in child.Models.Where(model => !above.Any(a => a.Contains(ModelSelector.Parse(model)))))
        {
            problems.Add($"The licence above does not cover the model '{model}'.");
        }

        AssetClasses assets = child.Assets & ~parent.Assets;
        if (assets != AssetClasses.None)
        {
            problems.Add($"The licence above does not cover {WordForm.Of(assets)}.");
        }

        UseRight rights = child.Rights & ~parent.Rights;
        if (rights != UseRight.None)
        {
            problems.Add($"The licence above does not give the rights {WordForm.Of(rights)}.");
        }

        AddOutside(problems, "field of use", child.Fields, parent.Fields);
        AddOutside(problems, "customer class", child.CustomerClasses, parent.CustomerClasses);
        if (child.From < parent.From)
        {
            problems.Add($"The licence above begins on {RefusalText.Day(parent.From)}; got {RefusalText.Day(child.From)}.");
        }

        if (parent.Until is { } end && (child.Until is null || child.Until > end))
        {
            problems.Add($"The licence above is over on {RefusalText.Day(end)}; got {(child.Until is { } until ? RefusalText.Day(until) : "no end")}.");
        }

        foreach (string restriction in parent.Restrictions.Except(child.Restrictions, StringComparer.Ordinal))
        {
            problems.Add($"The restriction '{restriction}' of the licence above is missing.");
        }

        AddMoney(problems, child, parent);
        if (child.Exclusivity == Exclusivity.ExclusiveInField && parent.Exclusivity != Exclusivity.ExclusiveInField)
        {
            problems.Add("Only an exclusive licence can be given on exclusively; the one above is not exclusive.");
        }

        return problems;
    }

    private static void AddOutside(List<string> problems, string what, IReadOnlyList<string> child, IReadOnlyList<string> parent)
    {
        if (parent.Contains(GrantTerms.Any))
        {
            return;
        }

        foreach (string outside in child.Except(parent, StringComparer.Ordinal))
        {
            problems.Add($"The licence above does not cover the {what} '{outside}'.");
        }
    }

    private static void AddMoney(List<string> problems, GrantTerms child, GrantTerms parent)
    {
        int share = child.Fees.OfType<GrantFee.RevenueShare>().Sum(fee => fee.BasisPoints);
        if (share < parent.LeastRevenueShare)
        {
            problems.Add($"The licence above asks that at least {parent.LeastRevenueShare} basis points of revenue are paid; got {share}.");
        }

        if (child.LeastRevenueShare < parent.LeastRevenueShare && child.SublicenseDepth > 0)
        {
            problems.Add($"The licence above asks every licence below for at least {parent.LeastRevenueShare} basis points; this one would ask for {child.LeastRevenueShare}.");
        }
    }
}
