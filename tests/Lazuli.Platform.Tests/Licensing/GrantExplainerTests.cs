using CsCheck;
using Lazuli.Contracts;
using Lazuli.Licensing;

namespace Lazuli.Platform.Tests;

public sealed class GrantExplainerTests
{
    [Fact]
    public void A_party_sees_its_own_links_in_full_and_of_others_only_whether_they_hold()
    {
        LicensingFacts facts = Make.Chain().WithTerms("g1", t => t with { Fields = ["secret-field"] });
        GrantExplanation seen = Explain(facts, Make.Ask("customer", field: "law"), new PartyId("customer"));
        ExplainedChain chain = Assert.Single(seen.Chains);
        Assert.False(chain.Allows);
        Assert.Equal([null, null, "g3"], chain.Links.Select(l => l.Grant?.Value));
        Assert.Equal([false, true, true], chain.Links.Select(l => l.Allows));
        Assert.Empty(chain.Links[0].Clauses);
        Assert.Equal("A licence above yours does not allow this.", seen.Reason);
        Assert.DoesNotContain("secret-field", Text(seen), StringComparison.Ordinal);
        Assert.DoesNotContain("seller", Text(seen), StringComparison.Ordinal);
    }

    [Fact]
    public void A_licensor_in_between_sees_the_links_on_both_sides_of_it()
    {
        GrantExplanation seen = Explain(Make.Chain(), Make.Ask("customer"), new PartyId("partner"));
        Assert.Equal([null, "g2", "g3"], Assert.Single(seen.Chains).Links.Select(l => l.Grant?.Value));
    }

    [Fact]
    public void A_stranger_hears_no_reason_that_names_anothers_clauses()
    {
        LicensingFacts facts = Make.Chain().WithTerms("g3", t => t with { Fields = ["secret-field"] });
        string text = Text(Explain(facts, Make.Ask("customer", field: "law"), new PartyId("stranger")));
        Assert.DoesNotContain("secret-field", text, StringComparison.Ordinal);
        Assert.DoesNotContain("g3", text, StringComparison.Ordinal);
        Assert.Contains("field-not-covered", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_operator_sees_all()
    {
        LicensingFacts facts = Make.Chain().WithTerms("g1", t => t with { Fields = ["support"], Conditions = [new GrantCondition.ComputeAtMost(1e25)] });
        GrantExplanation seen = Explain(facts, Make.Ask("customer", field: "law"), viewer: null);
        ExplainedLink first = Assert.Single(seen.Chains).Links[0];
        Assert.Equal(["field", "condition"], first.Clauses.Where(c => !c.Holds).Select(c => c.Name));
        Assert.Contains("no   field: support", Text(seen), StringComparison.Ordinal);
        Assert.Contains("no   condition: the model was trained with at most 1e+25 FLOP", Text(seen), StringComparison.Ordinal);
    }

    [Fact]
    public void A_hold_is_told_to_all_and_its_reason_to_its_owner()
    {
        LicensingFacts facts = Make.Chain() with { Models = [Make.Model("m") with { Hold = "incident 7" }] };
        Assert.DoesNotContain("incident", Text(Explain(facts, Make.Ask("customer"), new PartyId("customer"))), StringComparison.Ordinal);
        Assert.Contains("incident 7", Text(Explain(facts, Make.Ask("customer"), new PartyId("lab"))), StringComparison.Ordinal);
        Assert.False(Assert.Single(Explain(facts, Make.Ask("customer"), null).Chains).Allows);
    }

    [Fact]
    public void An_explanation_says_what_was_decided() =>
        Gen.Select(RandomFacts.Facts, RandomFacts.Question, RandomFacts.Time).Sample(
            (facts, question, now) =>
            {
                var compiled = new CompiledFacts(facts);
                EntitlementDecision decision = EntitlementRules.Decide(compiled, question, now);
                GrantExplanation explained = GrantExplainer.Explain(compiled, question, null, now);
                Assert.Equal(decision is EntitlementDecision.Allowed, explained.IsAllowed);
                if (decision is EntitlementDecision.Allowed { GrantChain.Count: > 0 } allowed)
                {
                    Assert.Equal(allowed.GrantChain, explained.Chains.First(c => c.Allows).Links.Select(l => l.Grant!.Value));
                }

                if (decision is EntitlementDecision.Refused { Code: not (EntitlementRefusal.UnknownParty or EntitlementRefusal.RightNotGranted) })
                {
                    Assert.DoesNotContain(explained.Chains, c => c.Allows);
                }

                Assert.NotEmpty(Text(explained));
            },
            iter: 2000);

    private static GrantExplanation Explain(LicensingFacts facts, EntitlementQuestion question, PartyId? viewer) => GrantExplainer.Explain(new CompiledFacts(facts), question, viewer, Make.Now);

    private static string Text(GrantExplanation explanation) => new GrantExplainer(null!, TimeProvider.System).ToText(explanation);
}
