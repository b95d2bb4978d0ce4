using System.Text;
using CsCheck;

namespace Lazuli.Models.Tests;

public sealed class SentencePieceTokenizerTests
{
    private static readonly string[] s_words =
        ["▁", "▁t", "th", "he", "▁th", "▁the", "the", "er", "▁there", "in", "ing", "▁▁", "▁▁▁▁", "日本", "日", "本", "é", "'s", "\n", "\n\n", "😀", "😀😀", "re", "e", "t", "h", "i", "n", "g", "r", "s", "'", "a", "b", "ab", "ba", "aba"];

    private static readonly Gen<string> Texts = TokenizerSamples.AnyOf([
        " ", "  ", "the", "there", "thing", "a", "b", "ab", "x", "日本", "語", "é", "e\u0301", "😀", "\n", "'s", "▁", "<s>", "\0", "Q"]).Array[0, 24].Select(string.Concat);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Decoding_gives_back_every_byte(bool prefix)
    {
        SentencePieceTokenizer tokenizer = Sample(prefix);
        Texts.Sample(text => AssertComesBack(tokenizer, Encoding.UTF8.GetBytes(text)), iter: 2_000, threads: 1);
        Gen.Byte.Array[0, 40].Sample(bytes => AssertComesBack(tokenizer, bytes), iter: 2_000, threads: 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Merges_as_the_plain_algorithm_does(bool prefix)
    {
        SentencePieceTokenizer tokenizer = Sample(prefix);
        Texts.Where(text => !text.Contains('▁', StringComparison.Ordinal)).Sample(text => Assert.Equal(Plain(tokenizer, text), Ids(tokenizer, Encoding.UTF8.GetBytes(text))), iter: 3_000, threads: 1);
    }

    [Fact]
    public void The_highest_score_merges_first_and_the_leftmost_of_equals()
    {
        SentencePieceTokenizer tokenizer = Make(["ab", "ba", "a", "b"], [-1, -1, -9, -9], prefix: false);
        Assert.Equal(["ab", "a"], Ids(tokenizer, "aba"u8.ToArray()).Select(id => tokenizer.Pieces[id]));
        tokenizer = Make(["ab", "ba", "a", "b"], [-2, -1, -9, -9], prefix: false);
        Assert.Equal(["a", "ba"], Ids(tokenizer, "aba"u8.ToArray()).Select(id => tokenizer.Pieces[id]));
    }

    [Fact]
    public void What_no_piece_covers_is_spelled_in_bytes()
    {
        SentencePieceTokenizer tokenizer = Sample(false);
        List<int> ids = Ids(tokenizer, "語"u8.ToArray());
        Assert.Equal([0xE8, 0xAA, 0x9E], ids.Select(id => (int)tokenizer.TokenBytes(id)[0]));
        Assert.All(ids, id => Assert.Equal(1, tokenizer.TokenBytes(id).Length));
    }

    [Fact]
    public void A_space_goes_before_a_text_and_away_again_behind_marks()
    {
        SentencePieceTokenizer tokenizer = Sample(true);
        List<int> ids = Ids(tokenizer, "the"u8.ToArray());
        Assert.Equal(["▁the"], ids.Select(id => tokenizer.Pieces[id]));
        Assert.Equal(" the"u8.ToArray(), tokenizer.TokenBytes(ids[0]).ToArray());
        Assert.Equal("<s>the the"u8.ToArray(), tokenizer.Decode([tokenizer.SpecialTokens["<s>"], ids[0], ids[0]]));
        Assert.Empty(Ids(tokenizer, []));
    }

    [Fact]
    public void The_text_of_a_control_token_is_plain_text()
    {
        SentencePieceTokenizer tokenizer = Sample(false);
        Assert.DoesNotContain(tokenizer.SpecialTokens["<s>"], Ids(tokenizer, "<s>"u8.ToArray()));
        Assert.Equal(TokenKind.Control, tokenizer.KindOf(tokenizer.SpecialTokens["<s>"]));
    }

    [Fact]
    public void The_digest_tells_vocabularies_apart()
    {
        string digest = Sample(true).Digest;
        Assert.Equal(digest, Sample(true).Digest);
        Assert.NotEqual(digest, Sample(false).Digest);
        Assert.NotEqual(Make(["a"], [1], true).Digest, Make(["a"], [2], true).Digest);
        Assert.NotEqual(Make(["a"], [1], true).Digest, Make(["b"], [1], true).Digest);
    }

    [Fact]
    public void A_long_text_takes_time_that_grows_with_its_length()
    {
        SentencePieceTokenizer tokenizer = Sample(true);
        byte[] text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("there is nothing in the thing ", 20_000)));
        Assert.Equal(text, tokenizer.Decode([.. Ids(tokenizer, text)])); // 600 kB: quadratic work would not end within the test run
    }

    [Fact]
    public void Refuses_ids_that_it_does_not_have()
    {
        SentencePieceTokenizer tokenizer = Sample(true);
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.TokenBytes(tokenizer.VocabularySize).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Decode([-1]));
    }

    /// <summary>Unknown, begin, end, 256 bytes, then the words with scores by place.</summary>
    internal static (string[] Tokens, float[] Scores, int[] Types) Parts(string[] words, float[] scores) =>
    (
        ["<unk>", "<s>", "</s>", .. Enumerable.Range(0, 256).Select(b => $"<0x{b:X2}>"), .. words],
        [0, 0, 0, .. new float[256], .. scores],
        [2, 3, 3, .. Enumerable.Repeat(6, 256), .. Enumerable.Repeat(1, words.Length)]
    );

    internal static (string[] Tokens, float[] Scores, int[] Types) SampleParts() => Parts(s_words, [.. s_words.Select((w, i) => (float)(-(i * 7 % 31)))]);

    private static SentencePieceTokenizer Sample(bool prefix) => Make(s_words, SampleParts().Scores[259..], prefix);

    private static SentencePieceTokenizer Make(string[] words, float[] scores, bool prefix)
    {
        (string[] tokens, float[] all, int[] types) = Parts(words, scores);
        return new SentencePieceTokenizer(tokens, all, [.. types.Select(t => t is 1 or 6 ? TokenKind.Normal : TokenKind.Control)], [.. Enumerable.Range(3, 256)], prefix ? SpaceScheme.EachRun : SpaceScheme.Never);
    }

    private static List<int> Ids(SentencePieceTokenizer tokenizer, byte[] text)
    {
        var ids = new List<int>();
        tokenizer.Encode(text, ids);
        return ids;
    }

    private static void AssertComesBack(SentencePieceTokenizer tokenizer, byte[] text) => Assert.Equal(text, tokenizer.Decode([.. Ids(tokenizer, text)]));

    /// <summary>Looks through all neighbours before each merge.</summary>
    private static List<int> Plain(SentencePieceTokenizer tokenizer, string text)
    {
        if (text.Length == 0)
        {
            return [];
        }

        Dictionary<string, int> pieces = Enumerable.Range(259, tokenizer.VocabularySize - 259).ToDictionary(id => tokenizer.Pieces[id], id => id);
        string marked = (tokenizer.AddsSpacePrefix ? "▁" : "") + text.Replace(' ', '▁');
        List<string> parts = [.. marked.EnumerateRunes().Select(r => r.ToString())];
        while (true)
        {
            int best = -1;
            for (int i = 0; i + 1 < parts.Count; i++)
            {
                if (pieces.TryGetValue(parts[i] + parts[i + 1], out int id) && (best < 0 || tokenizer.Scores[id] > tokenizer.Scores[pieces[parts[best] + parts[best + 1]]]))
                {
                    best = i;
                }
            }

            if (best < 0)
            {
                return [.. parts.SelectMany(p => pieces.TryGetValue(p, out int id) ? [id] : Encoding.UTF8.GetBytes(p).Select(b => 3 + b))];
            }

            parts[best] += parts[best + 1];
            parts.RemoveAt(best + 1);
        }
    }
}
