using Lazuli.Contracts;

namespace Lazuli.Licensing;

/// <summary>What a licensor promised to others before it licenses. Pure.</summary>
/// <remarks>
/// Only licences of one licensor are compared. That is enough: exclusivity is given on only from exclusivity (<see cref="Attenuation"/>), so two exclusive
/// licences of different licensors that met in a model, field and instant would hang on two that one licensor gave and that meet too.
/// </remarks>
internal static class ExclusivityRules
{
    /// <summary>Why a grant cannot come into force beside the others; empty when it can.</summary>
    /// <param name="grant">The grant about to be signed.</param>
    /// <param name="others">Grants that are in force or suspended.</param>
    /// <param name="now">When it would be signed.</param>
    public static IReadOnlyList<string> Problems(Grant grant, IEnumerable<Grant> others, DateTimeOffset now)
    {
        var problems = new List<string>();
        foreach (Grant other in others.Where(other => other.Id != grant.Id && other.Licensor == grant.Licensor && Overlap(grant.Terms, other.Terms) && !IsOver(other, now)))
        {
            if (Contradict(grant, other))
            {
                problems.Add(other.Terms.Exclusivity == Exclusivity.ExclusiveInField
                    ? $"{other.Id} licenses '{other.Licensee}' exclusively where this one would apply."
                    : $"{other.Id} licenses '{other.Licensee}' where this one would be exclusive; except it, or end it first.");
            }

            if (other.Terms.Exclusivity == Exclusivity.Preferred && other.Licensee != grant.Licensee && MissingNotice(grant, other, now) is { } missing)
            {
                problems.Add(missing);
            }
        }

        return problems;
    }

    /// <summary>Preferred licensees that must be told before a grant can be signed.</summary>
    public static IEnumerable<Grant> OwedNotices(Grant grant, IEnumerable<Grant> others, DateTimeOffset now) =>
        others.Where(other => other.Id != grant.Id && other.Licensor == grant.Licensor && other.Licensee != grant.Licensee &&
            other.Terms.Exclusivity == Exclusivity.Preferred && Overlap(grant.Terms, other.Terms) && !IsOver(other, now));

    /// <summary>Whether two licences of one licensor cannot both be in force: they meet, and one is exclusive and does not except the other.</summary>
    public static bool Contradict(Grant a, Grant b) =>
        Overlap(a.Terms, b.Terms) && (IsExclusiveAgainst(a, b) || IsExclusiveAgainst(b, a)) && !IsExcepted(a, b) && !IsExcepted(b, a);

    /// <summary>Whether some model, kind of technology, field and instant is covered by both.</summary>
    public static bool Overlap(GrantTerms a, GrantTerms b) =>
        (a.Assets & b.Assets) != AssetClasses.None &&
        a.Models.Any(x => b.Models.Any(y => ModelSelector.Parse(x).MayMeet(ModelSelector.Parse(y)))) &&
        Meet(a.Fields, b.Fields) &&
        (a.Until is null || b.From < a.Until) && (b.Until is null || a.From < b.Until);

    // A licensee may hold another, weaker licence beside its own exclusive one; two exclusive ones would leave open which counts.
    private static bool IsExclusiveAgainst(Grant grant, Grant other) =>
        grant.Terms.Exclusivity == Exclusivity.ExclusiveInField && (other.Licensee != grant.Licensee || other.Terms.Exclusivity == Exclusivity.ExclusiveInField);

    // Only a grant that is not itself exclusive can be let go on: two exclusive ones never stand beside each other.
    private static bool IsExcepted(Grant exclusive, Grant older) =>
        exclusive.Terms.Exclusivity == Exclusivity.ExclusiveInField && older.Terms.Exclusivity != Exclusivity.ExclusiveInField &&
        exclusive.Terms.Excepted.Contains(older.Id) && older.OfferedAt <= exclusive.OfferedAt;

    private static bool IsOver(Grant grant, DateTimeOffset now) => grant.Terms.Until is { } until && until <= now;

    private static string? MissingNotice(Grant grant, Grant preferred, DateTimeOffset now)
    {
        FirstOfferNotice? notice = grant.Notices.FirstOrDefault(n => n.Grant == preferred.Id);
        DateTimeOffset? free = notice?.At.AddDays(preferred.Terms.NoticeDays);
        return free is null ? $"'{preferred.Licensee}' is preferred there by {preferred.Id} and has had no first-offer notice."
            : free > now ? $"'{preferred.Licensee}' is preferred there by {preferred.Id}; its notice period runs until {RefusalText.Day(free.Value)}."
            : null;
    }

    private static bool Meet(IReadOnlyList<string> a, IReadOnlyList<string> b) =>
        a.Contains(GrantTerms.Any) || b.Contains(GrantTerms.Any) || a.Intersect(b, StringComparer.Ordinal).Any();
}
