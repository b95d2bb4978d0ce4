using System.Text;
using System.Text.Json.Nodes;
using CsCheck;

namespace Lazuli.Models.Tests;

public sealed class TokenizerJsonTests
{
    public static TheoryData<SplitRule> Rules => [.. Enum.GetValues<SplitRule>()];

    /// <summary>Small, so that every byte of it can be tried.</summary>
    private static readonly BpeTokenizer Small = BpeTrainer.Train([.. TokenizerSamples.Documents.Select(text => (ReadOnlyMemory<byte>)text)], new BpeTrainingOptions { VocabularySize = 290, Split = SplitRule.O200k });

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_tokenizer_comes_back_as_it_was(SplitRule rule)
    {
        BpeTokenizer tokenizer = TokenizerSamples.Of(rule);
        byte[] json = tokenizer.ToTokenizerJson();
        BpeTokenizer read = BpeTokenizer.Parse(json, "here");
        Assert.Equal(tokenizer.Digest, read.Digest);
        Assert.Equal(tokenizer.SpecialTokens, read.SpecialTokens);
        Assert.Equal(json, read.ToTokenizerJson());
        Assert.All(TokenizerSamples.Texts, text => Assert.Equal(tokenizer.Ids(text), read.Ids(text)));
    }

    [Fact]
    public void A_file_is_saved_and_loaded()
    {
        string folder = Directory.CreateTempSubdirectory("lazuli-").FullName;
        try
        {
            string path = Path.Combine(folder, "tokenizer.json");
            Small.Save(path);
            Small.Save(path);
            Assert.Equal(Small.Digest, BpeTokenizer.Load(path).Digest);
            Assert.Equal(["tokenizer.json"], Directory.GetFiles(folder).Select(Path.GetFileName));
            Assert.Throws<FileNotFoundException>(() => BpeTokenizer.Load(Path.Combine(folder, "none.json")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void The_pre_tokenizer_is_written_as_the_models_own_files_write_it()
    {
        JsonNode gpt2 = JsonNode.Parse(TokenizerSamples.Of(SplitRule.Gpt2).ToTokenizerJson())!;
        Assert.Equal("""{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":false,"use_regex":true}""", gpt2["pre_tokenizer"]!.ToJsonString());
        foreach (SplitRule rule in new[] { SplitRule.LlamaBpe, SplitRule.Qwen2, SplitRule.O200k })
        {
            JsonNode split = JsonNode.Parse(TokenizerSamples.Of(rule).ToTokenizerJson())!["pre_tokenizer"]!;
            Assert.Equal("Sequence", (string)split["type"]!);
            Assert.Equal(SplitPatterns.Of(rule), (string)split["pretokenizers"]![0]!["pattern"]!["Regex"]!);
            Assert.Equal("Isolated", (string)split["pretokenizers"]![0]!["behavior"]!);
            Assert.Equal("""{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":false,"use_regex":false}""", split["pretokenizers"]![1]!.ToJsonString());
        }
    }

    [Theory]
    [InlineData("""{"a\uD800":1,"model":{"type":"BPE"}}""")]
    [InlineData("""{"a\uD800":1,"model":{"type":"BPE","byte_fallback":true}}""")]
    [InlineData("""{"model":{"type":"BPE","byte_fallback":true,"\uDC00":1}}""")]
    public void Names_that_are_no_unicode_are_refused(string json) =>
        Assert.Contains("Unicode", Assert.Throws<TokenizerFormatException>(() => TokenizerJson.Parse(System.Text.Encoding.UTF8.GetBytes(json), "tokenizer.json")).Message, StringComparison.Ordinal);

    [Fact]
    public void Merges_may_be_pairs_too()
    {
        JsonNode json = Json();
        var merges = new JsonArray();
        foreach (JsonNode? merge in json["model"]!["merges"]!.AsArray())
        {
            merges.Add(new JsonArray([.. ((string)merge!).Split(' ').Select(part => (JsonNode)part)]));
        }

        json["model"]!["merges"] = merges;
        Assert.Equal(Small.Digest, Parse(json).Digest);
    }

    [Fact]
    public void Added_tokens_may_stand_anywhere_and_outside_the_vocabulary()
    {
        JsonNode json = Json();
        json["added_tokens"]!.AsArray().Add(JsonNode.Parse("""{"id":290,"content":"<｜fim▁hole｜>","special":true}"""));
        json["added_tokens"]!.AsArray().Add(JsonNode.Parse("""{"id":293,"content":"<tool>","special":false}"""));
        BpeTokenizer tokenizer = Parse(json);
        Assert.Equal(294, tokenizer.VocabularySize);
        Assert.Equal(290, tokenizer.SpecialTokens["<｜fim▁hole｜>"]);
        Assert.Equal("<｜fim▁hole｜>", tokenizer.TokenText(290));
        Assert.Equal(TokenKind.Control, tokenizer.KindOf(290));
        Assert.Equal(TokenKind.Unused, tokenizer.KindOf(291));
        Assert.Equal(0, tokenizer.TokenBytes(291).Length);
        Assert.Equal(TokenKind.UserDefined, tokenizer.KindOf(293));
        Assert.Equal([293], tokenizer.Ids("<tool>"));
        Assert.DoesNotContain(290, tokenizer.Ids("<｜fim▁hole｜>"));
        Assert.Equal(tokenizer.Digest, BpeTokenizer.Parse(tokenizer.ToTokenizerJson(), "again").Digest);
    }

    [Fact]
    public void A_declared_normalizer_is_kept_and_said()
    {
        JsonNode json = Json();
        json["normalizer"] = JsonNode.Parse("""{"type":"NFC"}""");
        BpeTokenizer tokenizer = Parse(json);
        Assert.True(tokenizer.DeclaresNfc);
        Assert.False(Small.DeclaresNfc);
        Assert.True(BpeTokenizer.Parse(tokenizer.ToTokenizerJson(), "again").DeclaresNfc);
        byte[] decomposed = Encoding.UTF8.GetBytes("e\u0301");
        Assert.Equal(decomposed, tokenizer.Decode([.. tokenizer.Ids(decomposed)]));
    }

    [Fact]
    public void Ignoring_merges_makes_a_piece_that_is_a_token_that_token()
    {
        JsonNode json = Json();
        json["model"]!["vocab"]!["\u0120xyzzy"] = 290;
        BpeTokenizer merging = Parse(json);
        json["model"]!["ignore_merges"] = true;
        BpeTokenizer ignoring = Parse(json);
        Assert.NotEqual([290], merging.Ids(" xyzzy"));
        Assert.Equal([290], ignoring.Ids(" xyzzy"));
        Assert.NotEqual(merging.Digest, ignoring.Digest);
        Assert.Equal(ignoring.Digest, BpeTokenizer.Parse(ignoring.ToTokenizerJson(), "again").Digest);
        Assert.DoesNotContain(ignoring.SpecialTokens["<|end|>"], ignoring.Ids("<|end|>"));
    }

    public static TheoryData<string, string> Damages => new()
    {
        { "/model", "null" },
        { "/model", "[]" },
        { "/model/type", "\"Unigram\"" },
        { "/model/type", "7" },
        { "/model/dropout", "0.1" },
        { "/model/continuing_subword_prefix", "\"##\"" },
        { "/model/end_of_word_suffix", "\"</w>\"" },
        { "/model/byte_fallback", "true" },
        { "/model/byte_fallback", "\"no\"" },
        { "/model/ignore_merges", "1" },
        { "/model/vocab", "null" },
        { "/model/vocab", "[]" },
        { "/model/vocab", "{}" },
        { "/model/vocab/a", "-1" },
        { "/model/vocab/a", "1.5" },
        { "/model/vocab/a", "\"5\"" },
        { "/model/vocab/a", "2147483648" },
        { "/model/vocab/a", "2147483647" },
        { "/model/vocab/a", "1e300" },
        { "/model/vocab/a", "0" },
        { "/model/vocab/a", "103" },
        { "/model/vocab/not in the alphabet", "300" },
        { "/model/vocab/<|end|>", "300" },
        { "/model/vocab/", "300" },
        { "/model/merges", "{}" },
        { "/model/merges", "null" },
        { "/model/merges/0", "null" },
        { "/model/merges/0", "\"qq zz\"" },
        { "/model/merges/0", "\"q \"" },
        { "/model/merges/0", "\"q\"" },
        { "/model/merges/0", "\"q z x\"" },
        { "/model/merges/0", "[\"q\"]" },
        { "/model/merges/0", "[\"q\",\"z\",\"x\"]" },
        { "/model/merges/0", "[\"q\",1]" },
        { "/model/merges/0", "[\"\",\"q\"]" },
        { "/model/merges/0", "\"q z\"" },
        { "/model/merges/0", "\"<|end| >\"" },
        { "/model/merges/1", "COPY" },
        { "/added_tokens", "{}" },
        { "/added_tokens/0", "\"<|x|>\"" },
        { "/added_tokens/0/id", "-1" },
        { "/added_tokens/0/id", "1" },
        { "/added_tokens/0/id", "9999999" },
        { "/added_tokens/0/id", "null" },
        { "/added_tokens/0/content", "\"\"" },
        { "/added_tokens/0/content", "\"<|end|>\"" },
        { "/added_tokens/0/content", "\"\\ud800\"" },
        { "/added_tokens/0/special", "\"yes\"" },
        { "/decoder/type", "\"Metaspace\"" },
        { "/decoder", "\"ByteLevel\"" },
        { "/normalizer", "{\"type\":\"NFKC\"}" },
        { "/normalizer", "{\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"Lowercase\"}]}" },
        { "/normalizer", "7" },
        { "/pre_tokenizer", "null" },
        { "/pre_tokenizer", "{}" },
        { "/pre_tokenizer", "[]" },
        { "/pre_tokenizer/type", "\"Whitespace\"" },
        { "/pre_tokenizer/type", "\"ByteLevel\"" },
        { "/pre_tokenizer/pretokenizers", "[]" },
        { "/pre_tokenizer/pretokenizers/0/behavior", "\"Removed\"" },
        { "/pre_tokenizer/pretokenizers/0/invert", "true" },
        { "/pre_tokenizer/pretokenizers/0/pattern/Regex", "\"\\\\w+\"" },
        { "/pre_tokenizer/pretokenizers/0/pattern", "{\"String\":\" \"}" },
        { "/pre_tokenizer/pretokenizers/1/use_regex", "true" },
        { "/pre_tokenizer/pretokenizers/1/add_prefix_space", "true" },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public void Refuses_what_does_not_fit_and_says_where(string path, string value)
    {
        JsonNode json = Json();
        string[] names = path.Split('/')[1..];
        JsonNode parent = json;
        foreach (string name in names[..^1])
        {
            parent = parent is JsonArray array ? array[int.Parse(name, System.Globalization.CultureInfo.InvariantCulture)]! : parent[name]!;
        }

        // Kept as text where it is no valid string: a JsonNode would mend it.
        string text = value == "COPY" ? json["model"]!["merges"]![0]!.ToJsonString() : value;
        const string Mark = "\"here it goes\"";
        if (parent is JsonArray items)
        {
            items[int.Parse(names[^1], System.Globalization.CultureInfo.InvariantCulture)] = "here it goes";
        }
        else
        {
            parent[names[^1]] = "here it goes";
        }

        byte[] damaged = Encoding.UTF8.GetBytes(json.ToJsonString().Replace(Mark, text, StringComparison.Ordinal));
        TokenizerFormatException e = Assert.Throws<TokenizerFormatException>(() => BpeTokenizer.Parse(damaged, "some.json"));
        Assert.StartsWith("some.json", e.Place, StringComparison.Ordinal);
        Assert.NotEmpty(e.Expected);
        Assert.NotEmpty(e.Found);
        Assert.Contains(e.Place, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"model\":{}}")]
    [InlineData("{\"model\":{},\"model\":{}}")]
    [InlineData("\u00FF\u00FE")]
    public void Refuses_what_is_no_tokenizer(string text) => Assert.Throws<TokenizerFormatException>(() => BpeTokenizer.Parse(Encoding.Latin1.GetBytes(text), "x"));

    [Fact]
    public void Refuses_deep_nesting() => Assert.Throws<TokenizerFormatException>(() => BpeTokenizer.Parse(Encoding.UTF8.GetBytes(new string('[', 100_000)), "x"));

    [Fact]
    public void Refuses_the_file_cut_anywhere()
    {
        byte[] json = Encoding.UTF8.GetBytes(Json().ToJsonString());
        for (int length = 0; length < json.Length; length++)
        {
            Assert.Throws<TokenizerFormatException>(() => BpeTokenizer.Parse(json.AsSpan(0, length), "x"));
        }
    }

    [Fact]
    public void A_flipped_bit_is_refused_or_harmless()
    {
        byte[] json = Small.ToTokenizerJson();
        Gen.Select(Gen.Int[0, json.Length - 1], Gen.Int[0, 7]).Array[1, 3].Sample(
            flips =>
            {
                byte[] damaged = [.. json];
                foreach ((int index, int bit) in flips)
                {
                    damaged[index] ^= (byte)(1 << bit);
                }

                BpeTokenizer tokenizer;
                try
                {
                    tokenizer = BpeTokenizer.Parse(damaged, "x");
                }
                catch (TokenizerFormatException)
                {
                    return;
                }

                byte[] text = TokenizerSamples.Documents[flips[0].Item1 % TokenizerSamples.Documents.Length];
                Assert.Equal(text, tokenizer.Decode([.. tokenizer.Ids(text)]));
            },
            iter: 2_000);
    }

    private static JsonNode Json() => JsonNode.Parse(Small.ToTokenizerJson())!;

    private static BpeTokenizer Parse(JsonNode json) => BpeTokenizer.Parse(Encoding.UTF8.GetBytes(json.ToJsonString()), "edited");
}
