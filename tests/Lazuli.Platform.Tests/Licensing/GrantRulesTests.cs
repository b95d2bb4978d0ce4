using Lazuli.Contracts;
using Lazuli.Licensing;

namespace Lazuli.Platform.Tests;

public sealed class GrantRulesTests
{
    public static TheoryData<string> Wrongs() =>
    [
        "no models", "too many models", "model form", "digest form", "name at name", "long name", "twice", "field form", "class form", "restriction form", "no assets", "strange assets",
        "no rights", "strange rights", "exclusivity", "deep", "negative depth", "depth without right", "right without depth", "dates reversed", "no days", "notice", "notice without preference", "excepted",
        "flop", "nan flop", "finding", "event", "null condition", "fee", "currency", "plan", "share", "two shares", "floor", "null model",
    ];

    [Fact]
    public void Good_terms_have_no_problem()
    {
        Assert.Empty(GrantRules.Problems(Make.Terms()));
        Assert.Empty(GrantRules.Problems(Make.Terms(3) with
        {
            Models = ["*", "org/model:v2", Make.Digest, "m@" + Make.Digest],
            Fields = ["customer-support"],
            Exclusivity = Exclusivity.Preferred,
            NoticeDays = 30,
            Conditions = [new GrantCondition.ComputeAtMost(1e26), new GrantCondition.Finding("agi", false), new GrantCondition.Event("e", true), new GrantCondition.Before(Make.Now)],
            Fees = [new GrantFee.RevenueShare(2000), new GrantFee.Fixed(1, "EUR"), new GrantFee.PerToken("standard")],
            LeastRevenueShare = 2000,
        }));
    }

    [Theory]
    [MemberData(nameof(Wrongs))]
    public void Refuses_wrong_terms_and_says_why(string wrong)
    {
        GrantTerms good = Make.Terms();
        GrantTerms terms = wrong switch
        {
            "no models" => good with { Models = [] },
            "too many models" => good with { Models = [.. Enumerable.Range(0, 201).Select(i => "m" + i)] },
            "model form" => good with { Models = ["a b"] },
            "digest form" => good with { Models = ["sha256:12"] },
            "name at name" => good with { Models = ["a@b"] },
            "long name" => good with { Models = [new string('a', 201)] },
            "twice" => good with { Models = ["a", "a"] },
            "field form" => good with { Fields = ["\u0000"] },
            "class form" => good with { CustomerClasses = [""] },
            "restriction form" => good with { Restrictions = ["*"] },
            "no assets" => good with { Assets = AssetClasses.None },
            "strange assets" => good with { Assets = (AssetClasses)512 },
            "no rights" => good with { Rights = UseRight.None },
            "strange rights" => good with { Rights = (UseRight)128 },
            "exclusivity" => good with { Exclusivity = (Exclusivity)9 },
            "deep" => Make.Terms(17),
            "negative depth" => good with { SublicenseDepth = -1 },
            "depth without right" => good with { SublicenseDepth = 1 },
            "right without depth" => good with { Rights = UseRight.Sublicense },
            "dates reversed" => good with { Until = good.From.AddDays(-1) },
            "no days" => good with { Until = good.From },
            "notice" => good with { Exclusivity = Exclusivity.Preferred, NoticeDays = -1 },
            "notice without preference" => good with { NoticeDays = 1 },
            "excepted" => good with { Excepted = [new GrantId("g")] },
            "flop" => good with { Conditions = [new GrantCondition.ComputeAtMost(0)] },
            "nan flop" => good with { Conditions = [new GrantCondition.ComputeAtMost(double.NaN)] },
            "finding" => good with { Conditions = [new GrantCondition.Finding("", true)] },
            "event" => good with { Conditions = [new GrantCondition.Event(null!, true)] },
            "null condition" => good with { Conditions = [null!] },
            "fee" => good with { Fees = [new GrantFee.Fixed(-1, "EUR")] },
            "currency" => good with { Fees = [new GrantFee.Fixed(1, "euro")] },
            "plan" => good with { Fees = [new GrantFee.PerToken("")] },
            "share" => good with { Fees = [new GrantFee.RevenueShare(10_001)] },
            "two shares" => good with { Fees = [new GrantFee.RevenueShare(1), new GrantFee.RevenueShare(2)] },
            "floor" => good with { LeastRevenueShare = -1 },
            _ => good with { Models = [null!] },
        };
        Assert.All(Assert.Single([GrantRules.Problems(terms)], problems => problems.Count > 0), problem => Assert.True(problem.Length > 20));
    }
}
