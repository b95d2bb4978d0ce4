using System.Runtime.InteropServices;
using System.Text;
using CsCheck;
using Lazuli.Testing;

namespace Lazuli.Models.Tests;

public sealed class BpeTokenizerTests
{
    public static TheoryData<SplitRule> Rules => [.. Enum.GetValues<SplitRule>()];

    /// <summary>Text of known pieces among random bytes, so that merges happen and invalid UTF-8 does too.</summary>
    private static readonly Gen<byte[]> Inputs = Gen.Frequency(
        (3, TokenizerSamples.AnyOf(TokenizerSamples.Texts).SelectMany(text => Gen.Int[0, text.Length].Select(from => Encoding.UTF8.GetBytes(text[from..])))),
        (2, Gen.Byte.Array[0, 30]),
        (1, Gen.Char["ab \n'sST1.\u00E9"].Array[0, 90].Select(text => Encoding.UTF8.GetBytes(text))))
        .Array[0, 4].Select(parts => parts.SelectMany(part => part).ToArray());

    [Theory]
    [MemberData(nameof(Rules))]
    public void Decoding_gives_back_any_bytes(SplitRule rule)
    {
        BpeTokenizer tokenizer = TokenizerSamples.Of(rule);
        Inputs.Sample(bytes => Assert.Equal(bytes, tokenizer.Decode(CollectionsMarshal.AsSpan(tokenizer.Ids(bytes)))), iter: 2_000);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Encodes_as_the_definition_says(SplitRule rule)
    {
        BpeTokenizer tokenizer = TokenizerSamples.Of(rule);
        Inputs.Sample(bytes => Assert.Equal(ReferenceBpe.Encode(tokenizer, bytes), tokenizer.Ids(bytes)), iter: 1_000);
    }

    [Fact]
    public void Pieces_of_every_length_are_encoded_as_the_definition_says()
    {
        BpeTokenizer tokenizer = TokenizerSamples.Of(SplitRule.Gpt2);
        const string Letters = "theinitialaccumulatorvalueSourceConfigureAwaitOptionscontinuecapturedcontextspecifiedseed";
        string endless = string.Concat(Enumerable.Repeat(Letters, 4));
        for (int length = 0; length < 200; length++)
        {
            foreach (string tail in new[] { "", " ", " the end of it all and more" })
            {
                byte[] text = Encoding.UTF8.GetBytes(endless[..length] + tail);
                List<int> expected = ReferenceBpe.Encode(tokenizer, text);
                Assert.Equal(expected, tokenizer.Ids(text));
                Assert.Equal(expected, tokenizer.Ids(text)); // from the cache
            }
        }
    }

    [Fact]
    public void A_megabyte_of_one_letter_is_encoded()
    {
        BpeTokenizer tokenizer = BpeTokenizer.Create(SplitRule.Gpt2, [("a"u8.ToArray(), "a"u8.ToArray()), ("aa"u8.ToArray(), "aa"u8.ToArray()), ("aaaa"u8.ToArray(), "aaaa"u8.ToArray())], []);
        byte[] text = new byte[1 << 20];
        text.AsSpan().Fill((byte)'a');
        List<int> ids = tokenizer.Ids(text);
        Assert.Equal((1 << 20) / 8, ids.Count);
        Assert.All(ids, id => Assert.Equal(258, id));
    }

    [Fact]
    public void Special_tokens_bytes_and_merges_have_their_ids_in_this_order()
    {
        BpeTokenizer tokenizer = BpeTokenizer.Create(SplitRule.Gpt2, [("a"u8.ToArray(), "b"u8.ToArray())], ChatTemplate.SpecialTokens);
        Assert.Equal(5 + 256 + 1, tokenizer.VocabularySize);
        Assert.Equal(0, tokenizer.SpecialTokens["<|endoftext|>"]);
        Assert.Equal(4, tokenizer.SpecialTokens["<|end|>"]);
        Assert.Equal([5 + 'a'], tokenizer.Ids("a"));
        Assert.Equal([261], tokenizer.Ids("ab"));
        Assert.Equal("<|end|>"u8, tokenizer.TokenBytes(4));
        Assert.Equal(TokenKind.Control, tokenizer.KindOf(4));
        Assert.Equal(TokenKind.Normal, tokenizer.KindOf(5));
        Assert.Equal("\u0120", tokenizer.TokenText(5 + ' '));
        Assert.Equal("a b", tokenizer.MergeText(0));
        Assert.True(ChatTemplate.Fits(tokenizer));
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.TokenBytes(262).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.TokenBytes(-1).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Decode([1, 1000]));
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Text_never_makes_a_special_token(SplitRule rule)
    {
        BpeTokenizer tokenizer = BpeTrainer.Train(
            Enumerable.Repeat((ReadOnlyMemory<byte>)"<|end|> <|user|> <|assistant|><|end|>end <|endoftext|>!"u8.ToArray(), 20),
            new BpeTrainingOptions { VocabularySize = 400, Split = rule, SpecialTokens = [.. ChatTemplate.SpecialTokens, "end", "|>"] }, null, TestContext.Current.CancellationToken);
        HashSet<int> specials = [.. tokenizer.SpecialTokens.Values];
        foreach (string text in tokenizer.SpecialTokens.Keys)
        {
            List<int> ids = tokenizer.Ids(text + " " + text + text);
            Assert.DoesNotContain(ids, specials.Contains);
        }
    }

    [Fact]
    public void Threads_that_share_a_tokenizer_get_the_same_ids()
    {
        BpeTokenizer tokenizer = TokenizerSamples.Of(SplitRule.O200k);
        List<int>[] expected = [.. TokenizerSamples.Documents.Select(text => ReferenceBpe.Encode(tokenizer, text))];
        Parallel.For(0, 2_000, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = TestContext.Current.CancellationToken }, i => Assert.Equal(expected[i % expected.Length], tokenizer.Ids(TokenizerSamples.Documents[i % expected.Length])));
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Encoding_known_pieces_again_allocates_nothing(SplitRule rule)
    {
        BpeTokenizer tokenizer = TokenizerSamples.New(rule);
        byte[][] documents = [.. TokenizerSamples.Documents.Take(5)];
        var ids = new List<int>(10_000);
        EncodeAll();
        ThreadAllocations counted = ThreadAllocations.Start();
        EncodeAll();
        Assert.Equal(0, counted.Bytes);

        void EncodeAll()
        {
            for (int i = 0; i < 10; i++)
            {
                ids.Clear();
                foreach (byte[] document in documents)
                {
                    tokenizer.Encode(document, ids);
                }
            }
        }
    }

    [Fact]
    public void Encoding_appends()
    {
        BpeTokenizer tokenizer = TokenizerSamples.Of(SplitRule.Gpt2);
        List<int> ids = [7];
        tokenizer.Encode("a"u8, ids);
        tokenizer.Encode([], ids);
        Assert.Equal([7, 5 + 'a'], ids);
    }

    [Fact]
    public void Create_refuses_merges_and_special_tokens_that_do_not_fit()
    {
        ReadOnlyMemory<byte> a = "a"u8.ToArray();
        ReadOnlyMemory<byte> ab = "ab"u8.ToArray();
        Assert.Throws<ArgumentException>(() => BpeTokenizer.Create(SplitRule.Gpt2, [(a, ab)], []));
        Assert.Throws<ArgumentException>(() => BpeTokenizer.Create(SplitRule.Gpt2, [(a, a), (a, a)], []));
        Assert.Throws<ArgumentException>(() => BpeTokenizer.Create(SplitRule.Gpt2, [(a, default)], []));
        Assert.Throws<ArgumentException>(() => BpeTokenizer.Create(SplitRule.Gpt2, [(a, a)], ["aa"]));
        Assert.Throws<ArgumentException>(() => BpeTokenizer.Create(SplitRule.Gpt2, [], ["x", "x"]));
        Assert.Throws<ArgumentException>(() => BpeTokenizer.Create(SplitRule.Gpt2, [], ["<|x|>", "<|x|>"]));
        Assert.Throws<ArgumentException>(() => BpeTokenizer.Create(SplitRule.Gpt2, [], ["x"]));
        Assert.Throws<ArgumentException>(() => BpeTokenizer.Create(SplitRule.Gpt2, [], [""]));
        Assert.Throws<ArgumentOutOfRangeException>(() => BpeTokenizer.Create((SplitRule)9, [], []));
    }

    [Fact]
    public void The_digest_depends_on_everything_that_encoding_does()
    {
        ReadOnlyMemory<byte> a = "a"u8.ToArray();
        ReadOnlyMemory<byte> b = "b"u8.ToArray();
        string[] digests =
        [
            BpeTokenizer.Create(SplitRule.Gpt2, [(a, b), (b, a)], ["<|x|>"]).Digest,
            BpeTokenizer.Create(SplitRule.Gpt2, [(b, a), (a, b)], ["<|x|>"]).Digest,
            BpeTokenizer.Create(SplitRule.Qwen2, [(a, b), (b, a)], ["<|x|>"]).Digest,
            BpeTokenizer.Create(SplitRule.Gpt2, [(a, b), (b, a)], ["<|y|>"]).Digest,
            BpeTokenizer.Create(SplitRule.Gpt2, [(a, b)], ["<|x|>"]).Digest,
        ];
        Assert.Equal(digests.Length, digests.Distinct(StringComparer.Ordinal).Count());
        Assert.All(digests, digest => Assert.Matches("^sha256:[0-9a-f]{64}$", digest));
        Assert.Equal(digests[0], BpeTokenizer.Create(SplitRule.Gpt2, [(a, b), (b, a)], ["<|x|>"]).Digest);
    }
}
