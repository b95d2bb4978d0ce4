using System.Text.RegularExpressions;
using CsCheck;
using Microsoft.ML.Tokenizers;

namespace Lazuli.Models.Tests;

/// <summary>Our encoder against Microsoft.ML.Tokenizers with the same vocabulary, merges and expression.</summary>
/// <remarks>Texts have no letters or digits beyond the basic plane: the peer sees those as two surrogates, we as the one character that the rule means (<see cref="SplitterTests"/>).</remarks>
public sealed class MicrosoftTokenizersTests
{
    public static TheoryData<SplitRule> Rules => [.. Enum.GetValues<SplitRule>()];

    [Theory]
    [MemberData(nameof(Rules))]
    public void Gives_the_same_ids(SplitRule rule)
    {
        Lazuli.Models.BpeTokenizer ours = TokenizerSamples.Of(rule);
        Tokenizer peer = Peer(ours);
        foreach (string text in TokenizerSamples.Texts.Where(text => !text.Contains("\U00020000", StringComparison.Ordinal)))
        {
            Assert.Equal(peer.EncodeToIds(text), ours.Ids(text));
        }

        Gen<string> mixed = Gen.Select(TokenizerSamples.AnyOf(TokenizerSamples.Texts[..6]), Gen.Int[0, 30], SplitterTests.Texts, (text, from, rest) => text[from..] + rest);
        mixed.Sample(text => Assert.Equal(peer.EncodeToIds(text), ours.Ids(text)), iter: 1_000, threads: 1);
    }

    private static Microsoft.ML.Tokenizers.BpeTokenizer Peer(Lazuli.Models.BpeTokenizer tokenizer)
    {
        IEnumerable<KeyValuePair<string, int>> vocabulary = Enumerable.Range(0, tokenizer.VocabularySize)
            .Where(id => tokenizer.KindOf(id) == TokenKind.Normal)
            .Select(id => KeyValuePair.Create(tokenizer.TokenText(id), id));
        return Microsoft.ML.Tokenizers.BpeTokenizer.Create(new BpeOptions(vocabulary)
        {
            Merges = Enumerable.Range(0, tokenizer.MergeCount).Select(tokenizer.MergeText),
            ByteLevel = true,
            PreTokenizer = new RegexPreTokenizer(new Regex(SplitPatterns.Of(tokenizer.Split), RegexOptions.CultureInvariant), null),
        });
    }
}
