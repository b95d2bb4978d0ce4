using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CsCheck;

namespace Lazuli.Models.Tests;

/// <summary>The splitters against .NET's regular expressions with the published patterns.</summary>
public sealed class SplitterTests
{
    public static TheoryData<SplitRule> Rules => [.. Enum.GetValues<SplitRule>()];

    private static readonly Regex[] Oracles = [.. Enum.GetValues<SplitRule>().Select(rule => new Regex(SplitPatterns.Of(rule), RegexOptions.CultureInvariant))];

    /// <summary>What the rules can tell apart, and what they might wrongly tell apart.</summary>
    private static readonly string[] Fragments =
    [
        "a", "b", "Z", "Q", "camelCase", "HTTPServer", "XMLHttp", "don", "'s", "'S", "'t", "'re", "'RE", "'Ve", "'ll", "'lL", "'m", "'D", "'x", "'", "''", "'\u017F", "\u212A",
        " ", "  ", "   ", "\t", "\n", "\r", "\r\n", "\n\n", " \n", "\n ", "\v", "\f", "\u0085", "\u00A0", "\u1680", "\u2003", "\u2028", "\u2029", "\u202F", "\u3000",
        "\u200B", "\u200C", "\u200D", "\uFEFF", "\u180E", "\u001C", "\u001F", "\0", "\u007F", "\u00AD",
        "1", "12", "1234567", "\u0663", "\u0967", "\u2167", "\u00BD", "\u00B2", "\u3007", "\u2460",
        ".", ",", "!", "//", "/", "/\n", ".\n", "?!\r\n", "_", "-", "$", "+", "\u20AC", "\u2026", "\u263A", "\uFE0F", "\uFFFD", "\u0F3A",
        "\u00E9", "e\u0301", "\u0301", "\u0308\u0301", "\u0903", "\u20DD", "\u01C5", "\u02B0", "\u02BC", "\u00AA", "\u00DF", "\u0130", "\u0131", "\u4E2D", "\u6587", "\u3042", "\u30FC", "\u0E01\u0E34", "\u05D0", "\u0915\u094D", "\uAC00", "\u0416", "\u0436",
        "\uE000", "\u0378", "\uFFFF",
    ];

    internal static readonly Gen<string> Texts = Gen.Frequency(
        (8, TokenizerSamples.AnyOf(Fragments)),
        (1, Gen.Int[0x20, 0x7E].Select(value => ((char)value).ToString())),
        (1, Gen.Int[0, 0xFFFF].Where(value => value is < 0xD800 or > 0xDFFF).Select(value => ((char)value).ToString())))
        .Array[0, 24].Select(string.Concat);

    [Theory]
    [MemberData(nameof(Rules))]
    public void Cuts_where_the_published_expression_cuts(SplitRule rule) =>
        Texts.Sample(text => Assert.Equal(Expected(rule, text), Pieces(rule, Encoding.UTF8.GetBytes(text)).Select(Encoding.UTF8.GetString)), iter: 20_000, threads: 1);

    [Theory]
    [MemberData(nameof(Rules))]
    public void Cuts_every_pair_and_triple_of_character_classes_as_the_expression_does(SplitRule rule)
    {
        string[] letters = ["a", "A", "\u01C5", "\u02B0", "\u4E2D", "\u0301", "1", " ", "\t", "\n", "!", "/", "'", "s"];
        foreach (string first in letters)
        {
            foreach (string second in letters)
            {
                foreach (string third in letters)
                {
                    foreach (string fourth in letters)
                    {
                        string text = first + second + third + fourth;
                        Assert.Equal(Expected(rule, text), Pieces(rule, Encoding.UTF8.GetBytes(text)).Select(Encoding.UTF8.GetString));
                    }
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_character_beyond_the_basic_plane_counts_by_its_own_category(SplitRule rule)
    {
        // .NET sees two surrogates where the rule sees one character, so the oracle is asked about a stand-in of the same category.
        (string Astral, string StandIn)[] pairs =
        [
            ("\U0001D400", "A"), ("\U0001D41A", "a"), ("\U00020000", "\u4E2D"), ("\U0001D7CE", "1"), ("\U0001F600", "\u263A"),
            ("\U000E0100", "\u0301"), ("\U0001E8C7", "\u00B2"), ("\U00016B40", "\u02B0"), ("\U000E0001", "\u200B"),
        ];
        Assert.All(pairs, pair => Assert.Equal(CharUnicodeInfo.GetUnicodeCategory(pair.StandIn, 0), CharUnicodeInfo.GetUnicodeCategory(pair.Astral, 0)));
        Gen<(string Astral, string StandIn)> fragment = Gen.OneOf(
            TokenizerSamples.AnyOf(pairs),
            TokenizerSamples.AnyOf(Fragments).Select(text => (text, text)));
        fragment.Array[1, 12].Sample(
            parts =>
            {
                int[] expected = [.. Expected(rule, string.Concat(parts.Select(part => part.StandIn))).Select(piece => piece.EnumerateRunes().Count())];
                int[] found = [.. Pieces(rule, Encoding.UTF8.GetBytes(string.Concat(parts.Select(part => part.Astral)))).Select(piece => Encoding.UTF8.GetString(piece).EnumerateRunes().Count())];
                Assert.Equal(expected, found);
            },
            iter: 5_000,
            threads: 1);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_byte_that_is_not_utf8_counts_as_a_symbol(SplitRule rule)
    {
        // U+FFFF is a symbol too, and as text can be shown to the oracle. A sequence that breaks off is followed by '!', lest the next byte complete it.
        byte[][] broken = [[0x80], [0xBF], [0xC0], [0xC1], [0xF5], [0xFF], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xE0, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xC3, (byte)'!'], [0xE4, 0xB8, (byte)'!'], [0xF0, 0x9F, 0x98, (byte)'!']];
        Gen<(byte[] Bytes, string StandIn)> fragment = Gen.OneOf(
            TokenizerSamples.AnyOf(broken).Select(bytes => (bytes, string.Concat(bytes.Select(value => value == (byte)'!' ? '!' : '\uFFFF')))),
            TokenizerSamples.AnyOf(Fragments).Select(text => (Encoding.UTF8.GetBytes(text), text)));
        fragment.Array[1, 12].Sample(
            parts =>
            {
                byte[] bytes = [.. parts.SelectMany(part => part.Bytes)];
                int[] widths = [.. parts.SelectMany(part => part.Bytes.Length == part.StandIn.Length ? [.. Enumerable.Repeat(1, part.Bytes.Length)] : part.StandIn.Select(c => Encoding.UTF8.GetByteCount([c])))];
                var expected = new List<int>();
                int character = 0;
                foreach (string piece in Expected(rule, string.Concat(parts.Select(part => part.StandIn))))
                {
                    expected.Add(widths[character..(character + piece.Length)].Sum());
                    character += piece.Length;
                }

                Assert.Equal(expected, Pieces(rule, bytes).Select(piece => piece.Length));
            },
            iter: 5_000,
            threads: 1);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Pieces_of_random_bytes_are_not_empty_and_join_to_the_whole(SplitRule rule) =>
        Gen.Byte.Array[0, 200].Sample(
            bytes =>
            {
                byte[][] pieces = [.. Pieces(rule, bytes)];
                Assert.All(pieces, piece => Assert.NotEmpty(piece));
                Assert.Equal(bytes, pieces.SelectMany(piece => piece));
            },
            iter: 5_000,
            threads: 1);

    [Theory]
    [InlineData("I'd say DON'T", "I|'d| say| DON|'|T", SplitRule.Gpt2)]
    [InlineData("I'd say DON'T", "I|'d| say| DON|'T", SplitRule.LlamaBpe)]
    [InlineData("I'd say DON'T", "I'd| say| DON'T", SplitRule.O200k)]
    [InlineData("GetHTTPResponse12345", "GetHTTPResponse|12345", SplitRule.Gpt2)]
    [InlineData("GetHTTPResponse12345", "GetHTTPResponse|123|45", SplitRule.LlamaBpe)]
    [InlineData("GetHTTPResponse12345", "GetHTTPResponse|1|2|3|4|5", SplitRule.Qwen2)]
    [InlineData("GetHTTPResponse12345", "Get|HTTPResponse|123|45", SplitRule.O200k)]
    public void Known_texts_come_apart_as_known(string text, string pieces, SplitRule rule) =>
        Assert.Equal(pieces, string.Join('|', Pieces(rule, Encoding.UTF8.GetBytes(text)).Select(Encoding.UTF8.GetString)));

    internal static IEnumerable<byte[]> Pieces(SplitRule rule, byte[] text)
    {
        for (int start = 0; start < text.Length;)
        {
            int end = rule switch
            {
                SplitRule.Gpt2 => Gpt2Splitter.PieceEnd(text, start),
                SplitRule.LlamaBpe => LlamaBpeSplitter.PieceEnd(text, start),
                SplitRule.Qwen2 => Qwen2Splitter.PieceEnd(text, start),
                SplitRule.SmolLm => SmolLmSplitter.PieceEnd(text, start),
                _ => O200kSplitter.PieceEnd(text, start),
            };
            yield return text[start..end];
            start = end;
        }
    }

    internal static IEnumerable<string> Expected(SplitRule rule, string text) => Oracles[(int)rule].Matches(text).Select(match => match.Value);
}
