using CsCheck;
using Lazuli.Contracts;
using Lazuli.Licensing;

namespace Lazuli.Platform.Tests;

public sealed class ExclusivityTests
{
    private static readonly GrantTerms s_exclusive = Make.Terms() with { Exclusivity = Exclusivity.ExclusiveInField, Fields = ["law"] };

    [Fact]
    public void A_second_licence_in_an_exclusive_field_contradicts() =>
        Assert.Contains("exclusively", Assert.Single(Problems(Make.Grant("g2", "lab", "b", Make.Terms() with { Fields = ["law"] }), Make.Grant("g1", "lab", "a", s_exclusive))), StringComparison.Ordinal);

    [Fact]
    public void Another_field_model_technology_or_time_does_not()
    {
        Grant first = Make.Grant("g1", "lab", "a", s_exclusive with { Assets = AssetClasses.Weights });
        GrantTerms second = Make.Terms() with { Fields = ["law"], Assets = AssetClasses.Weights };
        Assert.NotEmpty(Problems(Make.Grant("g2", "lab", "b", second), first));
        Assert.Empty(Problems(Make.Grant("g2", "lab", "b", second with { Fields = ["support"] }), first));
        Assert.Empty(Problems(Make.Grant("g2", "lab", "b", second with { Models = ["n"] }), first));
        Assert.Empty(Problems(Make.Grant("g2", "lab", "b", second with { Assets = AssetClasses.Api }), first));
        Assert.Empty(Problems(Make.Grant("g2", "lab", "b", second with { From = first.Terms.Until!.Value, Until = null }), first));
        Assert.Empty(Problems(Make.Grant("g2", "other", "b", second), first));
        Assert.Empty(Problems(Make.Grant("g2", "lab", "a", second), first));
    }

    [Fact]
    public void An_exclusive_licence_lets_older_ones_go_on_only_where_it_says_so()
    {
        Grant older = Make.Grant("g1", "lab", "a", Make.Terms());
        Grant exclusive = Make.Grant("g2", "lab", "b", s_exclusive);
        Assert.NotEmpty(Problems(exclusive, older));
        Assert.Empty(Problems(exclusive with { Terms = exclusive.Terms with { Excepted = [older.Id] } }, older));
        Assert.NotEmpty(Problems(exclusive with { Terms = exclusive.Terms with { Excepted = [older.Id] } }, older with { Terms = s_exclusive }));
        Assert.NotEmpty(Problems(exclusive with { Terms = exclusive.Terms with { Excepted = [older.Id] } }, older with { OfferedAt = exclusive.OfferedAt.AddTicks(1) }));
    }

    [Fact]
    public void A_name_and_a_digest_may_be_the_same_model()
    {
        Grant first = Make.Grant("g1", "lab", "a", s_exclusive);
        Assert.NotEmpty(Problems(Make.Grant("g2", "lab", "b", s_exclusive with { Models = [Make.Digest] }), first));
        Assert.Empty(Problems(Make.Grant("g2", "lab", "b", s_exclusive with { Models = ["n@" + Make.Digest] }), first));
    }

    [Fact]
    public void A_preferred_licensee_is_told_first_and_its_notice_period_runs()
    {
        Grant preferred = Make.Grant("g1", "lab", "a", Make.Terms() with { Exclusivity = Exclusivity.Preferred, NoticeDays = 30 });
        Grant next = Make.Grant("g2", "lab", "b");
        Assert.Contains("no first-offer notice", Assert.Single(Problems(next, preferred)), StringComparison.Ordinal);
        Assert.Contains("runs until", Assert.Single(Problems(Told(29.9), preferred)), StringComparison.Ordinal);
        Assert.Empty(Problems(Told(30), preferred));
        Assert.Empty(Problems(Make.Grant("g3", "lab", "a"), preferred));
        Assert.Equal([preferred], ExclusivityRules.OwedNotices(next, [preferred], Make.Now));

        Grant Told(double daysAgo) => next with { Notices = [new FirstOfferNotice(preferred.Id, Make.Now.AddDays(-daysAgo))] };
    }

    [Fact]
    public void However_licences_are_signed_no_two_exclusive_ones_ever_meet()
    {
        int refusals = 0;
        Gen.Select(RandomFacts.Terms.Array[2, 12], Gen.Int[0, 99].Array[12], Gen.Int[0, 3].Array[12]).Sample(
            (terms, picks, licensees) =>
            {
                var signed = new List<Grant>();
                for (int i = 0; i < terms.Length; i++)
                {
                    Grant? parent = signed.Count > 0 && picks[i] % 3 != 0 ? signed[picks[i] % signed.Count] : null;
                    GrantTerms candidate = parent is null ? terms[i] : terms[i] with
                    {
                        Models = parent.Terms.Models, Assets = parent.Terms.Assets, Fields = parent.Terms.Fields, CustomerClasses = parent.Terms.CustomerClasses,
                        Rights = terms[i].Rights & parent.Terms.Rights, SublicenseDepth = Math.Max(0, parent.Terms.SublicenseDepth - 1), From = parent.Terms.From, Until = parent.Terms.Until,
                        Restrictions = ["r1", "r2"], LeastRevenueShare = 3000, Fees = [new GrantFee.RevenueShare(5000)],
                    };
                    Grant grant = Make.Grant("g" + i, parent?.Licensee.Value ?? "lab", "abcd"[licensees[i]].ToString(), candidate, parent?.Id.Value);
                    if ((parent is null || Attenuation.Problems(grant.Terms, parent.Terms).Count == 0) && ExclusivityRules.Problems(grant, signed.Where(s => s.Terms.Exclusivity != Exclusivity.Preferred), Make.Now.AddYears(-1)).Count == 0)
                    {
                        signed.Add(grant);
                    }
                    else
                    {
                        Interlocked.Increment(ref refusals);
                    }
                }

                foreach (Grant a in signed.Where(g => g.Terms.Exclusivity == Exclusivity.ExclusiveInField))
                {
                    foreach (Grant b in signed.Where(g => g != a && !IsAbove(signed, g, a) && !IsAbove(signed, a, g)))
                    {
                        Assert.False(b.Terms.Exclusivity == Exclusivity.ExclusiveInField && ExclusivityRules.Overlap(a.Terms, b.Terms), $"{a.Id} and {b.Id}");
                    }
                }
            },
            iter: 3000);
        Assert.True(refusals > 0);
    }

    private static bool IsAbove(List<Grant> grants, Grant above, Grant below)
    {
        for (Grant? at = below; at is not null; at = grants.FirstOrDefault(g => g.Id == at.Parent))
        {
            if (at == above)
            {
                return true;
            }
        }

        return false;
    }

    private static IReadOnlyList<string> Problems(Grant grant, params Grant[] others) => ExclusivityRules.Problems(grant, others, Make.Now);
}
