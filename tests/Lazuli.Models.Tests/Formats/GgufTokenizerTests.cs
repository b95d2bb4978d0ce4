using System.Text;

namespace Lazuli.Models.Tests;

/// <summary>Tokenizers and texts that GGUF files carry.</summary>
public sealed class GgufTokenizerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(TokenizerRules))]
    public void A_byte_level_tokenizer_comes_back_the_same(SplitRule rule)
    {
        BpeTokenizer tokenizer = TokenizerSamples.Of(rule);
        ModelPackage package = new SampleModel(SampleModel.Llama() with { VocabularySize = tokenizer.VocabularySize + 5 }, 1).Package();
        GgufFile.Write(_folder["m.gguf"], package with { Tokenizer = TokenizerFiles.Of(tokenizer) }, GgufEncoding.F32);
        using GgufModelFile file = GgufModelFile.Open(_folder["m.gguf"]);
        Assert.Equal(tokenizer.Digest, file.Tokenizer.Digest);
        Assert.Equal(rule, file.Tokenizer.Split);
    }

    public static TheoryData<SplitRule> TokenizerRules => [.. Enum.GetValues<SplitRule>()];

    [Fact]
    public void Ids_texts_and_origin_come_back()
    {
        var model = new SampleModel(SampleModel.Llama(), 1);
        GgufFile.Write(_folder["m.gguf"], model.Package(), GgufEncoding.F32);
        using GgufModelFile file = GgufModelFile.Open(_folder["m.gguf"]);
        Assert.Equal(ChatTemplate.Jinja, file.ChatTemplate);
        Assert.Equal((0, true, 4, false, 4), (file.BeginId, file.AddsBegin, file.EndId, file.AddsEnd, file.EndOfTurnId));
        Assert.Equal([4, 0], file.StopIds); // the end of a turn, then of a text
        Assert.Equal(("sample", "MIT"), (file.Name, file.License));
        ModelProvenance origin = file.Provenance;
        Assert.Equal(("MIT", "run-1"), (origin.License, origin.RunId));
        Assert.Equal("seedling", Assert.Single(origin.BaseModels).Name);
        Assert.Equal(("words", "made up", "sha256:00"), (origin.DataSets[0].Name, origin.DataSets[0].Source, origin.DataSets[0].Digest));
    }

    [Fact]
    public void A_file_without_texts_says_so()
    {
        using GgufModelFile file = GgufModelFile.Open(_folder.Put("plain.gguf", GgufHostileTests.Sound(GgufHostileTests.Keys())));
        Assert.Null(file.ChatTemplate);
        Assert.Null(file.BeginId);
        Assert.False(file.AddsBegin);
        Assert.Equal(("plain", null, "LicenseRef-unknown"), (file.Name, file.License, file.Provenance.License));
        Assert.Equal("tokenizer.ggml.model", Assert.Throws<GgufFormatException>(() => file.Tokenizer).Place);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(false)]
    public void A_SentencePiece_tokenizer_is_read_with_its_scores(bool? prefix)
    {
        (string[] tokens, float[] scores, int[] types) = SentencePieceTokenizerTests.SampleParts();
        RawGguf raw = Llama(tokens, scores, types);
        if (prefix is bool flag)
        {
            raw.Value("tokenizer.ggml.add_space_prefix", 7, flag ? (byte)1 : (byte)0);
        }

        using GgufModelFile file = GgufModelFile.Open(_folder.Put("f", Embedded(raw, tokens.Length)));
        var tokenizer = Assert.IsType<SentencePieceTokenizer>(file.Tokenizer);
        Assert.Equal(prefix ?? true, tokenizer.AddsSpacePrefix);
        Assert.Equal((tokens.Length, null), (tokenizer.VocabularySize, tokenizer.Split));
        Assert.Equal([1, 2, 0], ((string[])["<s>", "</s>", "<unk>"]).Select(t => tokenizer.SpecialTokens[t]));
        var ids = new List<int>();
        tokenizer.Encode("there 語"u8, ids);
        Assert.Equal("there 語", Encoding.UTF8.GetString(tokenizer.Decode([.. ids])));
        Assert.Equal([2], file.StopIds);
        Assert.True(file.AddsBegin); // such models are trained so
    }

    [Theory]
    [InlineData("another model", "tokenizer.ggml.model", "bert")]
    [InlineData("another rule", "tokenizer.ggml.pre", "tekken")]
    [InlineData("no rule", "tokenizer.ggml.pre", "nothing")]
    [InlineData("a merge of unknown tokens", "tokenizer.ggml.merges[0]", "q zz")]
    [InlineData("a merge without a space", "tokenizer.ggml.merges[0]", "ab")]
    [InlineData("no merges", "tokenizer.ggml.merges", "nothing")]
    [InlineData("a token outside the alphabet", "tokenizer.ggml.tokens[256]", "a b")]
    [InlineData("a token twice", "tokenizer.ggml.tokens[256]", "!")]
    [InlineData("a missing byte", "tokenizer.ggml.tokens", "none for 0x00")]
    [InlineData("types too few", "tokenizer.ggml.token_type", "1")]
    [InlineData("an unknown type", "tokenizer.ggml.token_type[0]", "9")]
    [InlineData("tokens as numbers", "tokenizer.ggml.tokens", "Int32")]
    [InlineData("tokens that are not UTF-8", "tokenizer.ggml.tokens[0]", "other bytes")]
    public void Refuses_a_byte_level_tokenizer_with(string what, string place, string found)
    {
        string[] bytes = [.. Enumerable.Range(0, 256).Select(b => ByteLevelAlphabet.Write([(byte)b]))];
        string[] tokens = what switch { "a token outside the alphabet" => [.. bytes, "a b"], "a token twice" => [.. bytes, "!"], "a missing byte" => bytes[1..], _ => bytes };
        RawGguf raw = GgufHostileTests.Keys().Text("tokenizer.ggml.model", what == "another model" ? "bert" : "gpt2");
        if (what != "no rule")
        {
            raw.Text("tokenizer.ggml.pre", what == "another rule" ? "tekken" : "gpt-2");
        }

        if (what.StartsWith("tokens", StringComparison.Ordinal))
        {
            _ = what == "tokens as numbers" ? raw.Array("tokenizer.ggml.tokens", 5, 1, 1, 0, 0, 0) : raw.Array("tokenizer.ggml.tokens", 8, 1, [1, 0, 0, 0, 0, 0, 0, 0, 0xFF]);
        }
        else
        {
            Texts(raw, "tokenizer.ggml.tokens", tokens);
        }

        int[] types = what switch { "types too few" => [1], "an unknown type" => [9, .. Enumerable.Repeat(1, tokens.Length - 1)], _ => [.. Enumerable.Repeat(1, tokens.Length)] };
        raw.Array("tokenizer.ggml.token_type", 5, (ulong)types.Length, [.. types.SelectMany(BitConverter.GetBytes)]);
        if (what != "no merges")
        {
            Texts(raw, "tokenizer.ggml.merges", what.StartsWith("a merge", StringComparison.Ordinal) ? [found] : []);
        }

        using GgufModelFile file = GgufModelFile.Open(_folder.Put("f", Embedded(raw, 300)));
        GgufFormatException e = Assert.Throws<GgufFormatException>(() => file.Tokenizer);
        Assert.Equal(place, e.Place);
        Assert.Contains(found, e.Found, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("scores too few", "tokenizer.ggml.scores")]
    [InlineData("a score that is no number", "tokenizer.ggml.scores")]
    [InlineData("a byte misspelled", "tokenizer.ggml.tokens[3]")]
    [InlineData("a missing byte", "tokenizer.ggml.tokens")]
    [InlineData("more tokens than rows", "tokenizer.ggml.tokens")]
    public void Refuses_a_SentencePiece_tokenizer_with(string what, string place)
    {
        (string[] tokens, float[] scores, int[] types) = SentencePieceTokenizerTests.SampleParts();
        switch (what)
        {
            case "scores too few":
                scores = scores[1..];
                break;
            case "a score that is no number":
                scores[5] = float.NaN;
                break;
            case "a byte misspelled":
                tokens[3] = "<0xG0>";
                break;
            case "a missing byte":
                types[3] = 1;
                break;
        }

        using GgufModelFile file = GgufModelFile.Open(_folder.Put("f", Embedded(Llama(tokens, scores, types), what == "more tokens than rows" ? tokens.Length - 1 : tokens.Length)));
        Assert.Equal(place, Assert.Throws<GgufFormatException>(() => file.Tokenizer).Place);
    }

    private static RawGguf Llama(string[] tokens, float[] scores, int[] types)
    {
        RawGguf raw = Texts(GgufHostileTests.Keys().Text("tokenizer.ggml.model", "llama"), "tokenizer.ggml.tokens", tokens)
            .Array("tokenizer.ggml.scores", 6, (ulong)scores.Length, [.. scores.SelectMany(BitConverter.GetBytes)])
            .Array("tokenizer.ggml.token_type", 5, (ulong)types.Length, [.. types.SelectMany(BitConverter.GetBytes)]);
        return raw.Number("tokenizer.ggml.bos_token_id", 1).Number("tokenizer.ggml.eos_token_id", 2);
    }

    private static RawGguf Texts(RawGguf raw, string key, string[] texts) => raw.Array(key, 8, (ulong)texts.Length, [.. texts.SelectMany(RawGguf.String)]);

    private static byte[] Embedded(RawGguf raw, int rows) => GgufHostileTests.Sound(raw, rows);
}
