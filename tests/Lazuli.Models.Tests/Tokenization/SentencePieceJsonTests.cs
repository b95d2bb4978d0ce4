using System.Text;
using System.Text.Json.Nodes;
using CsCheck;

namespace Lazuli.Models.Tests;

/// <summary><c>tokenizer.json</c> with byte fallback, as Llama 2's and Mistral's are.</summary>
public sealed class SentencePieceJsonTests : IDisposable
{
    private static readonly string[] s_words =
        ["▁", "a", "b", "c", "é", "語", "ab", "bc", "abc", "▁a", "▁ab", "▁abc", "▁▁", "ca", "cab", "▁▁▁", "aa", "bb", "▁b", "語語"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("prepend", true)]
    [InlineData("replace", false)]
    [InlineData("first", true)]
    [InlineData("never", false)]
    public void Both_ways_of_writing_spaces_are_read(string scheme, bool prefix)
    {
        var tokenizer = Assert.IsType<SentencePieceTokenizer>(Parse(Json(scheme)));
        Assert.Equal(prefix, tokenizer.AddsSpacePrefix);
        Assert.Equal([1, 2], ((string[])["<s>", "</s>"]).Select(t => tokenizer.SpecialTokens[t]));
        Assert.Equal(" a"u8.ToArray(), tokenizer.TokenBytes(259 + 9).ToArray());
        Assert.Equal([0x0A], tokenizer.TokenBytes(3 + 0x0A).ToArray());
    }

    [Fact]
    public void Merges_in_the_order_of_its_list_are_those_of_scores_in_the_same_order()
    {
        var listed = (SentencePieceTokenizer)Parse(Json("prepend"));
        (string[] tokens, _, int[] types) = SentencePieceTokenizerTests.Parts(s_words, new float[s_words.Length]);
        var scored = new SentencePieceTokenizer(tokens, [.. listed.Scores], [.. types.Select(t => t is 1 or 6 ? TokenKind.Normal : TokenKind.Control)], [.. Enumerable.Range(3, 256)], SpaceScheme.EachRun);
        Assert.NotEqual(listed.Digest, scored.Digest);
        TokenizerSamples.AnyOf<string>(["a", "b", "c", " ", "é", "語", "x", "ab", "\n"]).Array[0, 30].Select(string.Concat).Sample(
            text =>
            {
                List<int> ids = Ids(listed, text);
                Assert.Equal(Ids(scored, text), ids);
                Assert.Equal(text, Encoding.UTF8.GetString(listed.Decode([.. ids])));
            },
            iter: 3_000,
            threads: 1);
    }

    [Fact]
    public void Only_listed_pairs_merge()
    {
        JsonObject json = Json("replace");
        json["model"]!["merges"] = new JsonArray("a b", "b c");
        var tokenizer = (SentencePieceTokenizer)Parse(json);
        Assert.Equal(["ab", "c"], Ids(tokenizer, "abc").Select(id => tokenizer.Pieces[id])); // "ab c" would make a piece, but is not listed
    }

    [Fact]
    public void A_pair_that_spells_an_added_token_does_not_make_it()
    {
        JsonObject json = Json("replace");
        JsonObject vocabulary = json["model"]!["vocab"]!.AsObject();
        vocabulary["<s"] = vocabulary.Count;
        vocabulary[">"] = vocabulary.Count;
        json["model"]!["merges"]!.AsArray().Insert(0, "<s >");
        var tokenizer = (SentencePieceTokenizer)Parse(json);
        Assert.DoesNotContain(1, Ids(tokenizer, "<s>"));
    }

    [Fact]
    public void A_folder_and_a_GGUF_file_carry_it()
    {
        HuggingFaceFolder.Write(_folder["m"], new SampleModel(SampleModel.Llama() with { VocabularySize = 300 }, 1, awkward: false).Package());
        File.WriteAllText(Path.Combine(_folder["m"], "tokenizer.json"), Json("prepend").ToJsonString());
        using HuggingFaceFolder folder = HuggingFaceFolder.Open(_folder["m"]);
        var tokenizer = Assert.IsType<SentencePieceTokenizer>(folder.ReadTokenizer().Tokenizer);
        ModelPackage package = new SampleModel(SampleModel.Llama() with { VocabularySize = 300 }, 1, awkward: false).Package() with { Tokenizer = folder.ReadTokenizer() };
        GgufFile.Write(_folder["m.gguf"], package, GgufEncoding.F16);
        using GgufModelFile file = GgufModelFile.Open(_folder["m.gguf"]);
        var read = Assert.IsType<SentencePieceTokenizer>(file.Tokenizer);
        Assert.Equal((tokenizer.VocabularySize, true), (read.VocabularySize, read.AddsSpacePrefix));
        Assert.Equal(Ids(tokenizer, "abc ab 語\n"), Ids(read, "abc ab 語\n"));
        Assert.Contains("SentencePiece", Assert.Throws<ArgumentException>(() => HuggingFaceFolder.Write(_folder["n"], package)).Message, StringComparison.Ordinal);
        Assert.False(Path.Exists(_folder["n"]));
    }

    [Theory]
    [InlineData("model.type", "\"Unigram\"")]
    [InlineData("model.dropout", "0.1")]
    [InlineData("model.ignore_merges", "true")]
    [InlineData("model.end_of_word_suffix", "\"</w>\"")]
    [InlineData("model.merges", "[\"a\"]")]
    [InlineData("model.merges", "[\"a b\",\"a b\"]")]
    [InlineData("model.merges", "[\"a x\"]")]
    [InlineData("model.vocab", "{}")]
    [InlineData("model.vocab", "{\"a\":5000000}")]
    [InlineData("normalizer", "{\"type\":\"NFKC\"}")]
    [InlineData("normalizer", "null")]
    [InlineData("pre_tokenizer", "{\"type\":\"Whitespace\"}")]
    [InlineData("added_tokens", "[{\"id\":0,\"content\":\"\"}]")]
    [InlineData("added_tokens", "[{\"id\":5,\"content\":\"<s>\"}]")]
    public void Refuses(string field, string value)
    {
        JsonObject json = Json("prepend");
        string[] path = field.Split('.');
        JsonObject parent = path.Length == 1 ? json : json[path[0]]!.AsObject();
        parent[path[^1]] = JsonNode.Parse(value);
        Assert.Throws<TokenizerFormatException>(() => Parse(json));
    }

    [Fact]
    public void A_file_cut_or_flipped_never_ends_in_another_exception()
    {
        byte[] whole = Encoding.UTF8.GetBytes(Json("first").ToJsonString());
        var random = new Random(1);
        for (int run = 0; run < 400; run++)
        {
            byte[] damaged = [.. whole];
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            byte[] shown = random.Next(4) == 0 ? damaged[..random.Next(damaged.Length)] : damaged;
            try
            {
                Assert.InRange(TokenizerJson.Parse(shown, "tokenizer.json").VocabularySize, 1, 1 << 22);
            }
            catch (TokenizerFormatException)
            {
                // the only answer to a damaged file
            }
        }
    }

    [Fact]
    public void A_byte_level_file_is_read_as_such() =>
        Assert.Equal(SplitRule.SmolLm, Assert.IsType<BpeTokenizer>(TokenizerJson.Parse(TokenizerSamples.Of(SplitRule.SmolLm).ToTokenizerJson(), "tokenizer.json")).Split);

    private static ITokenizer Parse(JsonObject json) => TokenizerJson.Parse(Encoding.UTF8.GetBytes(json.ToJsonString()), "tokenizer.json");

    /// <summary>Merges as converters list them: for every piece, in order, all its halves that are pieces.</summary>
    private static JsonObject Json(string spaces)
    {
        (string[] tokens, _, _) = SentencePieceTokenizerTests.Parts(s_words, new float[s_words.Length]);
        var vocabulary = new JsonObject();
        for (int id = 0; id < tokens.Length; id++)
        {
            vocabulary[tokens[id]] = id;
        }

        var merges = new JsonArray();
        foreach (string word in s_words)
        {
            for (int i = 1; i < word.Length; i++)
            {
                if (s_words.Contains(word[..i]) && s_words.Contains(word[i..]))
                {
                    merges.Add((JsonNode)(word[..i] + " " + word[i..]));
                }
            }
        }

        string replace = """{"type":"Replace","pattern":{"String":" "},"content":"▁"}""";
        string normalizer = spaces switch
        {
            "prepend" => $$"""{"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"▁"},{{replace}}]}""",
            "replace" => replace,
            _ => "null",
        };
        return new JsonObject
        {
            ["added_tokens"] = new JsonArray([.. ((string[])["<unk>", "<s>", "</s>"]).Select((t, id) => (JsonNode)new JsonObject { ["id"] = id, ["content"] = t, ["special"] = true })]),
            ["normalizer"] = JsonNode.Parse(normalizer),
            ["pre_tokenizer"] = spaces is "first" or "never" ? new JsonObject { ["type"] = "Metaspace", ["replacement"] = "▁", ["prepend_scheme"] = spaces, ["split"] = false } : null,
            ["model"] = new JsonObject { ["type"] = "BPE", ["dropout"] = null, ["unk_token"] = "<unk>", ["fuse_unk"] = true, ["byte_fallback"] = true, ["vocab"] = vocabulary, ["merges"] = merges },
        };
    }

    private static List<int> Ids(SentencePieceTokenizer tokenizer, string text)
    {
        var ids = new List<int>();
        tokenizer.Encode(Encoding.UTF8.GetBytes(text), ids);
        return ids;
    }
}
