using CsCheck;
using Lazuli.Contracts;
using Lazuli.Licensing;

namespace Lazuli.Platform.Tests;

public sealed class EntitlementPropertyTests
{
    private const int Samples = 4000;

    [Fact]
    public void Decides_as_the_plainly_written_rules_do()
    {
        int allowed = 0;
        Gen.Select(RandomFacts.Facts, RandomFacts.Question.Array[6], RandomFacts.Time).Sample(
            (facts, questions, now) =>
            {
                var compiled = new CompiledFacts(facts);
                foreach (EntitlementQuestion question in questions)
                {
                    IReadOnlyList<string>? expected = ReferenceRules.Decide(facts, question, now);
                    EntitlementDecision decision = EntitlementRules.Decide(compiled, question, now);
                    IEnumerable<string>? got = (decision as EntitlementDecision.Allowed)?.GrantChain.Select(g => g.Value);
                    Assert.Equal(expected, got);
                    if (expected is { Count: > 0 })
                    {
                        Interlocked.Increment(ref allowed);
                    }
                }
            },
            iter: Samples);
        Assert.True(allowed > Samples / 100, $"Only {allowed} questions went through a chain: the random facts are too strict to tell anything.");
    }

    [Fact]
    public void The_same_facts_question_and_time_give_the_same_answer() =>
        Gen.Select(RandomFacts.Facts, RandomFacts.Question, RandomFacts.Time).Sample(
            (facts, question, now) => Assert.Equal(Text(facts.Decide(question, now)), Text(facts.Decide(question, now))), iter: Samples / 4);

    [Fact]
    public void Suspending_a_link_refuses_whatever_went_through_it() =>
        Gen.Select(RandomFacts.Facts, RandomFacts.Question.Array[6], Gen.Int[0, 8]).Sample(
            (facts, questions, pick) =>
            {
                Grant link = facts.Grants[pick % facts.Grants.Count];
                LicensingFacts suspended = facts.With(link.Id.Value, g => g with { State = GrantState.Suspended });
                foreach (EntitlementQuestion question in questions)
                {
                    if (suspended.Decide(question) is EntitlementDecision.Allowed allowed)
                    {
                        Assert.DoesNotContain(link.Id, allowed.GrantChain);
                    }
                }
            },
            iter: Samples / 2);

    [Fact]
    public void A_hold_refuses_everybody() =>
        Gen.Select(RandomFacts.Facts, RandomFacts.Question.Array[6]).Sample(
            (facts, questions) =>
            {
                LicensingFacts held = facts with { Models = [.. facts.Models.Where(m => m.Subject != "m"), new ModelPolicy { Subject = "m", Hold = "incident" }] };
                Assert.All(questions.Where(q => q.ModelName == "m"), q => Assert.False(held.Allows(q)));
            },
            iter: Samples / 4);

    [Fact]
    public void Reasons_never_show_a_clause_of_a_licence_above() =>
        Gen.Select(RandomFacts.Facts, RandomFacts.Question.Array[6], RandomFacts.Time).Sample(
            (facts, questions, now) =>
            {
                foreach (EntitlementQuestion question in questions)
                {
                    if (facts.Decide(question, now) is EntitlementDecision.Refused refused)
                    {
                        Assert.DoesNotContain(facts.Grants.Where(g => g.Licensee != question.Party && g.Licensee != PartyId.Public), g => refused.Reason.Contains(g.Id.Value + " ", StringComparison.Ordinal));
                    }
                }
            },
            iter: Samples / 4);

    private static string Text(EntitlementDecision decision) => decision switch
    {
        EntitlementDecision.Allowed allowed => string.Join(",", allowed.GrantChain) + " " + string.Join(",", allowed.Licensors),
        EntitlementDecision.Refused refused => refused.Code + " " + refused.Reason,
        _ => "",
    };
}
