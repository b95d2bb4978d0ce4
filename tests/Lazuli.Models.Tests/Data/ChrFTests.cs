using CsCheck;
using Lazuli.Training;

namespace Lazuli.Models.Tests;

public sealed class ChrFTests
{
    // Published with sacrebleu for β = 3 without smoothing; precision equals recall in each, so they hold for any β.
    [Theory]
    [InlineData("a", "a", 100)]
    [InlineData("", "reference", 0)]
    [InlineData("a b c", "a b c", 100)]
    [InlineData("a b c", "abc", 100)]
    [InlineData("aa", "ab", 25)]
    [InlineData("abcdefg", "hijklmnop", 0)]
    public void Agrees_with_published_values(string hypothesis, string reference, double expected) => Assert.Equal(expected, ChrF.ScoreOf(hypothesis, reference), 1e-9);

    // From an independent program that gives sacrebleu's published values where white space is kept (67.3481606 and 65.2414427, β = 3).
    [Theory]
    [InlineData("Die Beziehung zwischen Obama und Netanjahu ist nicht gerade freundlich.", "Das Verhältnis zwischen Obama und Netanyahu ist nicht gerade freundschaftlich.", 64.8181237261)]
    [InlineData("Gets or sets the length.", "Gets the length of the string.", 50.9702711284)]
    [InlineData("Gets the \U0001D4B3.", "Gets the \U0001D4B3 and \U0001D4B4.", 56.7220819221)]
    [InlineData("aaaa", "aa", 78.125)]
    [InlineData("ab", "abcdefgh", 23.4042553191)]
    public void Agrees_with_an_independent_program(string hypothesis, string reference, double expected) => Assert.Equal(expected, ChrF.ScoreOf(hypothesis, reference), 1e-9);

    [Fact]
    public void A_corpus_adds_counts_and_is_not_a_mean()
    {
        var corpus = new ChrF();
        corpus.Add("a", "a");
        corpus.Add("b", "c");
        Assert.Equal(50, corpus.Score, 1e-9);

        var mixed = new ChrF();
        mixed.Add("Gets or sets the length.", "Gets the length of the string.");
        mixed.Add("ab", "abcdefgh");
        mixed.Add("", "x");
        mixed.Add("long answer", "");
        Assert.Equal(43.3068174869, mixed.Score, 1e-9);
    }

    [Fact]
    public void Is_between_nothing_and_all_and_all_only_for_the_same_characters() =>
        Gen.Select(Gen.String[Gen.Char["ab c"], 1, 12], Gen.String[Gen.Char["ab c"], 1, 12]).Sample((a, b) =>
        {
            double score = ChrF.ScoreOf(a, b);
            Assert.InRange(score, 0, 100 + 1e-9);
            string plainA = a.Replace(" ", "", StringComparison.Ordinal);
            if (plainA.Length > 0 && plainA == b.Replace(" ", "", StringComparison.Ordinal))
            {
                Assert.Equal(100, score, 1e-9);
            }
        });
}
