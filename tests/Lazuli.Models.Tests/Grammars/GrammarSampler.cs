using System.Numerics;
using System.Text;
using Lazuli.Inference;

namespace Lazuli.Models.Tests;

/// <summary>Stands for a model that picks any token a grammar lets through.</summary>
internal static class GrammarSampler
{
    /// <summary>Every byte a token, and the end mark.</summary>
    public static GrammarVocabulary Bytes { get; } = new(PlainBytes.WithoutChat, [0]);

    /// <summary>Tokens of several bytes that cross the borders of JSON's parts, and cut characters in two.</summary>
    public static GrammarVocabulary Merged { get; } = new(Train(), [0]);

    /// <summary>A whole text of the grammar: at random for a while, then towards the end.</summary>
    public static string Sample(VocabularyGrammar grammar, int seed) =>
        TrySample(grammar, seed, wander: 60, steps: 20_000) ?? throw new InvalidOperationException("The text does not end.");

    /// <summary>As <see cref="Sample"/>, or null where chance did not find the end.</summary>
    public static string? TrySample(VocabularyGrammar grammar, int seed, int wander, int steps)
    {
        var random = new Random(seed);
        GrammarMatcher matcher = grammar.NewMatcher();
        var mask = new ulong[grammar.Vocabulary.MaskLength];
        var bytes = new List<byte>();
        for (int step = 0; step < steps; step++)
        {
            matcher.FillMask(mask);
            int count = mask.Sum(BitOperations.PopCount);
            Assert.True(count > 0, $"Nothing can follow {Encoding.UTF8.GetString([.. bytes])}");
            Assert.Equal(matcher.IsComplete, IsSet(mask, 0));
            int id = step < wander ? Nth(mask, random.Next(count)) : Ending(grammar.Vocabulary, mask, random);
            Assert.True(matcher.Accept(id));
            if (matcher.IsEnded)
            {
                return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString([.. bytes]);
            }

            bytes.AddRange(grammar.Vocabulary.BytesOf(id));
        }

        return null;
    }

    /// <summary>Whether a grammar takes a text, byte by byte, and the text is whole.</summary>
    public static bool Matches(this Grammar grammar, string text) => grammar.For(Bytes).Matches(text);

    public static bool Matches(this VocabularyGrammar grammar, string text)
    {
        GrammarMatcher matcher = grammar.NewMatcher();
        return Encoding.UTF8.GetBytes(text).All(value => matcher.Accept(1 + value)) && matcher.IsComplete;
    }

    public static bool IsSet(ReadOnlySpan<ulong> mask, int id) => (mask[id >> 6] >> (id & 63) & 1) == 1;

    private static BpeTokenizer Train()
    {
        string[] texts =
        [
            .. TokenizerSamples.Texts,
            .. Enumerable.Repeat("""{"name":"Ann","tags":["a","b"],"size":{"x":-1.5e10,"y":20},"ok":true,"no":null,"list":[[],{},[1,2,3]],"text":"a\"b\\c\u00e9 日本 😀"}, "k": "v", """, 30),
            .. Enumerable.Repeat("""{ "items": [ { "id": 1, "on": false }, { "id": 23, "on": true } ], "é": "ü😀" }""" + "\n", 30),
        ];
        return BpeTrainer.Train(texts.Select(text => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(text)), new BpeTrainingOptions { VocabularySize = 900, Split = SplitRule.Gpt2, SpecialTokens = [ChatTemplate.EndOfText, "<|x|>"] });
    }

    private static int Nth(ReadOnlySpan<ulong> mask, int index)
    {
        for (int word = 0; ; word++)
        {
            int count = BitOperations.PopCount(mask[word]);
            if (index < count)
            {
                ulong bits = mask[word];
                for (; index > 0; index--)
                {
                    bits &= bits - 1;
                }

                return (word * 64) + BitOperations.TrailingZeroCount(bits);
            }

            index -= count;
        }
    }

    /// <summary>The end where it can come, else a byte that closes something, else any single byte.</summary>
    private static int Ending(GrammarVocabulary vocabulary, ulong[] mask, Random random)
    {
        if (IsSet(mask, 0))
        {
            return 0;
        }

        int[] singles = [.. Enumerable.Range(0, vocabulary.Size).Where(id => IsSet(mask, id) && vocabulary.BytesOf(id).Length == 1)];
        foreach (char c in "\"]}")
        {
            int closing = Array.Find(singles, id => vocabulary.BytesOf(id)[0] == c);
            if (closing > 0 && random.Next(8) > 0)
            {
                return closing;
            }
        }

        return singles[random.Next(singles.Length)];
    }
}
