using Lazuli.Contracts;

namespace Lazuli.Licensing;

/// <summary>What commitments ask of computing. Pure.</summary>
internal static class CommitmentRules
{
    private const int MostListed = 200;

    /// <summary>What is wrong with terms by themselves; empty when nothing is.</summary>
    public static IReadOnlyList<string> Problems(PartyId party, CommitmentTerms terms)
    {
        var problems = new List<string>();
        if (terms.Covers == ComputeUse.None || (terms.Covers & ~(ComputeUse.Train | ComputeUse.Run)) != ComputeUse.None)
        {
            problems.Add("A commitment covers training, running, or both.");
        }

        if (terms.Until is { } until && until <= terms.From)
        {
            problems.Add($"A commitment ends after it begins; got {RefusalText.Day(terms.From)} to {RefusalText.Day(until)}.");
        }

        if (terms.CommittedSpend is { } spend && (spend.Nanos <= 0 || spend.Currency.Code is not { Length: 3 } code || !code.All(char.IsAsciiLetterUpper)))
        {
            problems.Add("A committed spend is above 0 in a currency of three capital letters.");
        }

        if (party == PartyId.Public || terms.Provider == PartyId.Public)
        {
            problems.Add("The public commits to nothing and provides nothing.");
        }

        if (terms.ExceptedModels.Count > MostListed || terms.ExceptedProjects.Count > MostListed || terms.ExceptedProviders.Count > MostListed || !terms.ExceptedModels.All(GrantRules.IsName))
        {
            problems.Add($"Exceptions are at most {MostListed} models, by name, projects and providers each.");
        }

        return problems;
    }

    /// <summary>Why a new exclusive commitment cannot stand beside a party's others; empty when it can.</summary>
    public static IReadOnlyList<string> Contradictions(ComputeCommitment commitment, IEnumerable<ComputeCommitment> others) =>
        [.. others.Where(other => other.Id != commitment.Id && other.Party == commitment.Party && other.EndedAt is null && Contradict(commitment.Terms, other.Terms))
            .Select(other => $"{other.Id} commits '{other.Party}' to '{other.Terms.Provider}' for the same use and time.")];

    /// <summary>Whether a commitment binds at an instant.</summary>
    public static bool IsInForce(ComputeCommitment commitment, DateTimeOffset now) =>
        commitment.EndedAt is null && now >= commitment.Terms.From && (commitment.Terms.Until is not { } until || now < until);

    /// <summary>Whether a commitment in force lets computing be there.</summary>
    public static bool Admits(CommitmentTerms terms, ComputeUse use, PartyId? provider, string? model, ProjectId? project) =>
        (terms.Covers & use) == ComputeUse.None ||
        provider == terms.Provider ||
        (provider is { } known && terms.ExceptedProviders.Contains(known)) ||
        (model is not null && terms.ExceptedModels.Contains(model, StringComparer.Ordinal)) ||
        (project is { } own && terms.ExceptedProjects.Contains(own));

    // Exclusive to one and anything to another cannot both be kept, unless the other is an exception.
    private static bool Contradict(CommitmentTerms a, CommitmentTerms b) =>
        a.Provider != b.Provider && (a.Exclusive || b.Exclusive) && (a.Covers & b.Covers) != ComputeUse.None &&
        (a.Until is null || b.From < a.Until) && (b.Until is null || a.From < b.Until) &&
        !(a.Exclusive && a.ExceptedProviders.Contains(b.Provider)) && !(b.Exclusive && b.ExceptedProviders.Contains(a.Provider));
}
