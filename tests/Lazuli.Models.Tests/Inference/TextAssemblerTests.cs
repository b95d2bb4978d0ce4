using System.Text;
using CsCheck;
using Lazuli.Inference;

namespace Lazuli.Models.Tests;

public class TextAssemblerTests
{
    [Fact]
    public void Holds_the_bytes_of_a_character_until_it_is_whole()
    {
        var text = new TextAssembler(Stops());

        Assert.Equal("", Append(text, 0xE2));
        Assert.Equal("", Append(text, 0x82));
        Assert.Equal("€", Append(text, 0xAC));
    }

    [Fact]
    public void Gives_both_halves_of_a_surrogate_pair_at_once()
    {
        var text = new TextAssembler(Stops());

        Assert.Equal(["", "", "", "😀"], Encoding.UTF8.GetBytes("😀").Select(b => Append(text, b)));
    }

    [Fact]
    public void Replaces_a_character_that_never_ends()
    {
        var text = new TextAssembler(Stops());
        Append(text, (byte)'a', 0xE2, 0x82);

        Assert.Equal("\uFFFD", text.Finish().ToString());
    }

    [Fact]
    public void Replaces_invalid_bytes_in_the_middle()
    {
        var text = new TextAssembler(Stops());

        Assert.Equal("a\uFFFDb", Append(text, (byte)'a', 0xFF, (byte)'b'));
    }

    [Fact]
    public void Stops_at_a_string_that_crosses_tokens_and_leaves_it_out()
    {
        var text = new TextAssembler(Stops("END"));

        Assert.Equal("one ", Append(text, "one E"u8));
        Assert.Equal("", Append(text, "N"u8));
        Assert.False(text.IsStopped);
        Assert.Equal("", Append(text, "D two"u8));
        Assert.True(text.IsStopped);
        Assert.Equal("", Append(text, "more"u8));
        Assert.Equal("", text.Finish().ToString());
    }

    [Fact]
    public void Gives_back_what_only_began_like_a_stop_string()
    {
        var text = new TextAssembler(Stops("END"));

        Assert.Equal("", Append(text, "EN"u8));
        Assert.Equal("ENx", Append(text, "x"u8));
        Append(text, "EN"u8);
        Assert.Equal("EN", text.Finish().ToString());
    }

    [Theory]
    [InlineData("aab", "xaaab", "xa")]
    [InlineData("abab", "ababab", "")]
    [InlineData("é", "caf\u00e9!", "caf")]
    [InlineData("\n\n", "a\nb\n\nc", "a\nb")]
    public void Finds_a_stop_string_fed_byte_by_byte(string stop, string fed, string expected)
    {
        var text = new TextAssembler(Stops(stop));

        string got = string.Concat(Encoding.UTF8.GetBytes(fed).Select(b => Append(text, b))) + text.Finish().ToString();

        Assert.Equal(expected, got);
    }

    [Fact]
    public void Stops_at_the_string_that_is_complete_first()
    {
        var text = new TextAssembler(Stops("bcde", "cd"));

        Assert.Equal("ab", Append(text, "abcdef"u8));
        Assert.True(text.IsStopped);
    }

    /// <summary>Reference: the earliest place where any stop string is complete, over the whole byte sequence; of several, the longest.</summary>
    [Fact]
    public void Any_cutting_into_tokens_gives_the_same_text()
    {
        Gen<string> small = Gen.Int[0, 2].Select(i => "ab€"[i]).Array[1, 4].Select(c => new string(c));
        Gen<byte> bytes = Gen.Int[0, 7].Select(i => (byte)"ab\u00E2\u0082\u00AC\u00F0\u009F\u00FF"[i]);
        Gen.Select(bytes.Array[0, 40], small.Array[0, 4], Gen.Int[1, 5].Array[1, 40]).Sample((fed, stops, cuts) =>
        {
            var text = new TextAssembler(Stops(stops));
            var got = new StringBuilder();
            for (int i = 0, cut = 0; i < fed.Length; cut++)
            {
                int length = Math.Min(cuts[cut % cuts.Length], fed.Length - i);
                got.Append(text.Append(fed.AsSpan(i, length)));
                i += length;
            }

            got.Append(text.Finish());
            Assert.Equal(Encoding.UTF8.GetString(fed[..ExpectedEnd(fed, stops)]), got.ToString());
        });
    }

    private static int ExpectedEnd(byte[] fed, string[] stops)
    {
        for (int end = 1; end <= fed.Length; end++)
        {
            byte[][] complete = [.. stops.Select(Encoding.UTF8.GetBytes).Where(s => fed.AsSpan(0, end).EndsWith(s))];
            if (complete.Length > 0)
            {
                return end - complete.Max(s => s.Length);
            }
        }

        return fed.Length;
    }

    private static StopMatcher Stops(params string[] stops) => new([.. stops.Select(Encoding.UTF8.GetBytes)]);

    private static string Append(TextAssembler text, params ReadOnlySpan<byte> bytes) => text.Append(bytes).ToString();
}
