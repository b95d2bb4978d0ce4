using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Lazuli.Models.Tests;

/// <summary>Added tokens and the white space that they swallow, against ids that the library <c>tokenizers</c> gave (Golden/added-tokens.json says which version).</summary>
public sealed class AddedTokenTests
{
    private static readonly JsonElement s_golden = Read();

    public static TheoryData<string> Names => ["byte-level", "prepend", "always", "first", "never"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Text_becomes_the_ids_that_the_library_gives(string name)
    {
        ITokenizer tokenizer = Of(name);
        Assert.All(Cases(name, "plain"), c =>
        {
            var ids = new List<int>();
            tokenizer.Encode(Encoding.UTF8.GetBytes(c.Text), ids);
            Assert.Equal(c.Ids, ids);
        });
    }

    /// <summary>There special tokens count too, as the template wrote them.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void A_template_becomes_the_ids_that_the_library_gives(string name)
    {
        ITokenizer tokenizer = Of(name);
        Assert.All(Cases(name, "rendered"), c =>
        {
            var ids = new List<int>();
            new PublishedChatTemplate("{{- '" + c.Text.Replace("\n", "\\n", StringComparison.Ordinal) + "' -}}", tokenizer, null, null).Encode([], addGenerationPrompt: false, ids);
            Assert.Equal(c.Ids, ids);
        });
    }

    [Fact]
    public void Special_tokens_in_a_text_stay_text()
    {
        foreach (string name in Names.Select(n => n.Data))
        {
            ITokenizer tokenizer = Of(name);
            var ids = new List<int>();
            tokenizer.Encode("a<s>b<mask> <think>"u8, ids);
            Assert.DoesNotContain(tokenizer.SpecialTokens["<s>"], ids);
            Assert.DoesNotContain(tokenizer.SpecialTokens["<mask>"], ids);
            Assert.Equal(tokenizer.SpecialTokens["<think>"], ids[^1]);
            Assert.Equal(TokenKind.Control, tokenizer.KindOf(tokenizer.SpecialTokens["<s>"]));
            Assert.Equal(TokenKind.UserDefined, tokenizer.KindOf(tokenizer.SpecialTokens["<think>"]));
        }
    }

    [Fact]
    public void Flags_leave_in_the_file_that_they_came_in()
    {
        var tokenizer = (BpeTokenizer)Of("byte-level");
        BpeTokenizer again = BpeTokenizer.Parse(tokenizer.ToTokenizerJson(), "again");
        Assert.Equal(tokenizer.Digest, again.Digest);
        Assert.Equal(tokenizer.Vocabulary.Added, again.Vocabulary.Added);
        Assert.NotEqual(tokenizer.Digest, BpeTokenizer.Parse(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(tokenizer.ToTokenizerJson()).Replace("\"lstrip\":true", "\"lstrip\":false", StringComparison.Ordinal).Replace("\"lstrip\": true", "\"lstrip\": false", StringComparison.Ordinal)), "other").Digest);
    }

    [Fact]
    public void Any_bytes_are_text_beside_added_tokens_too()
    {
        foreach (string name in new[] { "byte-level", "never" })
        {
            ITokenizer tokenizer = Of(name);
            var random = new Random(9);
            byte[][] parts = ["<think>"u8.ToArray(), "</think>"u8.ToArray(), "<thi"u8.ToArray(), [0xFF], [0xE8, 0xAA], "a b"u8.ToArray(), [0xC3]];
            for (int run = 0; run < 500; run++)
            {
                byte[] text = [.. Enumerable.Range(0, 8).SelectMany(_ => parts[random.Next(parts.Length)])];
                var ids = new List<int>();
                tokenizer.Encode(text, ids);
                Assert.Equal(text, tokenizer.Decode([.. ids]));
            }
        }
    }

    private static ITokenizer Of(string name) => TokenizerJson.Parse(Encoding.UTF8.GetBytes(Entry(name).GetProperty("json").GetRawText()), name);

    private static IEnumerable<(string Text, int[] Ids)> Cases(string name, string kind) =>
        Entry(name).GetProperty(kind).EnumerateArray().Select(c => (c[0].GetString()!, c[1].EnumerateArray().Select(i => i.GetInt32()).ToArray()));

    private static JsonElement Entry(string name) => s_golden.GetProperty("tokenizers").EnumerateArray().Single(t => t.GetProperty("name").GetString() == name);

    private static JsonElement Read([CallerFilePath] string caller = "")
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Path.GetDirectoryName(caller)!, "Golden", "added-tokens.json")));
        return document.RootElement.Clone();
    }
}
