using CsCheck;
using Lazuli.Contracts;
using Lazuli.Licensing;

namespace Lazuli.Platform.Tests;

public sealed class AttenuationTests
{
    private static readonly GrantTerms s_parent = Make.Terms(3) with { Models = ["m"], Fields = ["law", "support"], Restrictions = ["r1"], CustomerClasses = ["defence"], LeastRevenueShare = 500 };
    private static readonly GrantTerms s_child = s_parent with { SublicenseDepth = 2, Fees = [new GrantFee.RevenueShare(500)] };

    public static TheoryData<string, string> Excesses() => new()
    {
        { "model", "'n'" },
        { "asset", "weights" },
        { "right", "receive-weights" },
        { "field", "'chess'" },
        { "any field", "'*'" },
        { "class", "'anyone'" },
        { "begins", "begins on" },
        { "ends", "is over on" },
        { "no end", "no end" },
        { "restriction", "'r1'" },
        { "depth", "got 3" },
        { "share", "got 499" },
        { "floor", "at least 500" },
        { "exclusive", "exclusive" },
    };

    [Fact]
    public void A_child_equal_to_its_parent_but_less_deep_is_right() => Assert.Empty(Attenuation.Problems(s_child, s_parent));

    [Theory]
    [MemberData(nameof(Excesses))]
    public void Finds_each_way_of_going_beyond_the_parent(string way, string says)
    {
        GrantTerms parent = s_parent with { Assets = AssetClasses.Api };
        GrantTerms child = s_child with { Assets = AssetClasses.Api };
        child = way switch
        {
            "model" => child with { Models = ["m", "n"] },
            "asset" => child with { Assets = AssetClasses.Api | AssetClasses.Weights },
            "right" => child with { Rights = child.Rights | UseRight.ReceiveWeights },
            "field" => child with { Fields = ["chess"] },
            "any field" => child with { Fields = ["*"] },
            "class" => child with { CustomerClasses = ["anyone"] },
            "begins" => child with { From = parent.From.AddTicks(-1) },
            "ends" => child with { Until = parent.Until!.Value.AddTicks(1) },
            "no end" => child with { Until = null },
            "restriction" => child with { Restrictions = [] },
            "depth" => child with { SublicenseDepth = 3 },
            "share" => child with { Fees = [new GrantFee.RevenueShare(499)] },
            "floor" => child with { LeastRevenueShare = 499 },
            _ => child with { Exclusivity = Exclusivity.ExclusiveInField },
        };
        Assert.Contains(says, Assert.Single(Attenuation.Problems(child, parent)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_parent_without_the_right_to_sub_license_has_no_children() =>
        Assert.NotEmpty(Attenuation.Problems(Make.Terms(), Make.Terms()));

    [Fact]
    public void Whatever_a_child_allows_its_parent_allows()
    {
        int compared = 0;
        Gen.Select(RandomFacts.Terms, RandomFacts.Terms, RandomFacts.Question.Array[8], RandomFacts.Time, Gen.OneOf<string[]>([], ["assessor"], ["defence"])).Sample(
            (parent, other, questions, now, classes) =>
            {
                GrantTerms child = Narrow(other, parent);
                if (Attenuation.Problems(child, parent).Count > 0)
                {
                    return;
                }

                Interlocked.Increment(ref compared);
                foreach (EntitlementQuestion question in questions)
                {
                    if (AllowedAlone(child, question, classes, now))
                    {
                        Assert.True(AllowedAlone(parent with { Conditions = [] }, question, classes, now));
                    }
                }
            },
            iter: 4000);
        Assert.True(compared > 100, $"Only {compared} pairs were attenuated.");
    }

    [Fact]
    public void A_chain_of_attenuated_grants_never_allows_below_what_it_refuses_above()
    {
        Gen.Select(RandomFacts.Terms.Array[4], RandomFacts.Question, RandomFacts.Time).Sample(
            (terms, question, now) =>
            {
                var chain = new List<GrantTerms> { terms[0] };
                foreach (GrantTerms next in terms.Skip(1))
                {
                    GrantTerms child = Narrow(next, chain[^1]);
                    if (Attenuation.Problems(child, chain[^1]).Count == 0)
                    {
                        chain.Add(child);
                    }
                }

                bool above = true;
                foreach (GrantTerms link in chain)
                {
                    bool here = AllowedAlone(link with { Conditions = [] }, question, [], now);
                    Assert.True(above || !here);
                    above = here;
                }
            },
            iter: 4000);
    }

    // Takes from the parent what makes a random pair fail nearly always, and leaves the rest to chance.
    private static GrantTerms Narrow(GrantTerms terms, GrantTerms parent) => terms with
    {
        Assets = (terms.Assets & parent.Assets) is var a && a == AssetClasses.None ? parent.Assets : a,
        Rights = terms.Rights & parent.Rights,
        Restrictions = [.. terms.Restrictions.Union(parent.Restrictions)],
        SublicenseDepth = Math.Min(terms.SublicenseDepth, parent.SublicenseDepth - 1),
        From = terms.From < parent.From ? parent.From : terms.From,
        Until = parent.Until,
        LeastRevenueShare = Math.Max(terms.LeastRevenueShare, parent.LeastRevenueShare),
        Fees = [new GrantFee.RevenueShare(5000)],
        Exclusivity = Exclusivity.None,
    };

    private static bool AllowedAlone(GrantTerms terms, EntitlementQuestion question, string[] classes, DateTimeOffset now)
    {
        var facts = new LicensingFacts
        {
            Epoch = 1,
            Parties = [Make.Party("lab"), Make.Party("x", classes)],
            Projects = [Make.ProjectOf("x")],
            Grants = [Make.Grant("g", "lab", "x", terms)],
            Models = [Make.Model("m", ModelStage.Public), Make.Model("n", ModelStage.Public)],
        };

        // Without a field a licence offers one of its own; narrower licences offer fewer, so the question must name it.
        return facts.Allows(question with { Party = new PartyId("x"), Project = new ProjectId("x-project"), FieldOfUse = question.FieldOfUse ?? "law" }, now);
    }
}
