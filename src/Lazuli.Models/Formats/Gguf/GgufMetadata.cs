using System.Globalization;

namespace Lazuli.Models;

/// <summary>What a GGUF file says about its model, in the keys that other programs read.</summary>
internal static class GgufMetadata
{
    /// <summary>Our own key: whether a piece that is a token as a whole is that token, whatever the merges say.</summary>
    public const string IgnoreMergesKey = "lazuli.tokenizer.ignore_merges";

    /// <summary>Our own key: whether the beginning of a text's vector is a vector too.</summary>
    public const string MatryoshkaKey = "lazuli.embedding.is_matryoshka";

    /// <summary>Version of the block formats' layouts.</summary>
    public const uint QuantizationVersion = 2;

    /// <summary>Adds all keys of <paramref name="package"/>.</summary>
    public static void Add(GgufHeader header, ModelPackage package, ParameterTable table, uint fileType)
    {
        AddGeneral(header, package.Provenance, table, fileType);
        AddShape(header, package.Config);
        AddEmbeddings(header, package);
        AddTokenizer(header, package);
    }

    /// <summary>The format's name of a kind of network.</summary>
    /// <exception cref="ArgumentException">The format has none.</exception>
    public static string Architecture(ModelConfig config) => (config.Family, config.QkvBias, config.QueryKeyNorm) switch
    {
        (ModelFamily.Gpt2, _, _) => "gpt2",
        (_, false, false) => "llama",
        (_, true, false) => "qwen2",
        (_, false, true) => "qwen3",
        _ => throw new ArgumentException("GGUF has no architecture with both biases on query, key and value and norms on query and key heads.", nameof(config)),
    };

    /// <summary>A parameter count as names of models carry it: two digits at least, e.g. 815K, 9.4M, 124M, 1.1B.</summary>
    public static string SizeLabel(long parameters)
    {
        (double scaled, char unit) = parameters switch
        {
            > 1_000_000_000_000 => (parameters / 1e12, 'T'),
            > 1_000_000_000 => (parameters / 1e9, 'B'),
            > 1_000_000 => (parameters / 1e6, 'M'),
            _ => (parameters / 1e3, 'K'),
        };
        string format = Math.Round(scaled) >= 10 ? "F0" : "F1";
        return scaled.ToString(format, CultureInfo.InvariantCulture) + unit;
    }

    private static void AddGeneral(GgufHeader header, ModelProvenance provenance, ParameterTable table, uint fileType)
    {
        header.Add("general.architecture", Architecture(table.Config));
        header.Add("general.type", "model");
        header.Add("general.name", provenance.Name);
        header.Add("general.size_label", SizeLabel(table.ParameterCount));
        header.Add("general.license", provenance.License);
        if (provenance.Description is string description)
        {
            header.Add("general.description", description);
        }

        AddBaseModels(header, provenance.BaseModels);
        AddDataSets(header, provenance.DataSets);
        header.Add("general.file_type", fileType);
        header.Add("general.quantization_version", QuantizationVersion);
        if (provenance.RunId is string run)
        {
            header.Add("lazuli.run.id", run);
        }
    }

    private static void AddBaseModels(GgufHeader header, IReadOnlyList<BaseModelOrigin> models)
    {
        if (models.Count == 0)
        {
            return;
        }

        header.Add("general.base_model.count", (uint)models.Count);
        for (int i = 0; i < models.Count; i++)
        {
            string prefix = string.Create(CultureInfo.InvariantCulture, $"general.base_model.{i}.");
            header.Add(prefix + "name", models[i].Name);
            AddUrlAndDigest(header, prefix, models[i].Url, models[i].Digest);
        }
    }

    private static void AddDataSets(GgufHeader header, IReadOnlyList<DataSetOrigin> dataSets)
    {
        if (dataSets.Count == 0)
        {
            return;
        }

        header.Add("general.dataset.count", (uint)dataSets.Count);
        for (int i = 0; i < dataSets.Count; i++)
        {
            string prefix = string.Create(CultureInfo.InvariantCulture, $"general.dataset.{i}.");
            header.Add(prefix + "name", dataSets[i].Name);
            if (dataSets[i].Source is string source)
            {
                header.Add(prefix + "description", source);
            }

            AddUrlAndDigest(header, prefix, dataSets[i].Url, dataSets[i].Digest);
        }
    }

    private static void AddUrlAndDigest(GgufHeader header, string prefix, string? url, string? digest)
    {
        if (url is not null)
        {
            header.Add(prefix + "url", url);
        }

        if (digest is not null)
        {
            header.Add(prefix + "version", digest);
        }
    }

    private static void AddShape(GgufHeader header, ModelConfig config)
    {
        string prefix = Architecture(config) + ".";
        header.Add(prefix + "block_count", (uint)config.Layers);
        header.Add(prefix + "context_length", (uint)config.ContextLength);
        header.Add(prefix + "embedding_length", (uint)config.Width);
        header.Add(prefix + "feed_forward_length", (uint)config.FeedForwardWidth);
        header.Add(prefix + "attention.head_count", (uint)config.Heads);
        if (config.Family == ModelFamily.Gpt2)
        {
            header.Add("gpt2.attention.layer_norm_epsilon", config.NormEpsilon);
            return;
        }

        header.Add(prefix + "attention.head_count_kv", (uint)config.KeyValueHeads);
        header.Add(prefix + "attention.layer_norm_rms_epsilon", config.NormEpsilon);
        header.Add(prefix + "attention.key_length", (uint)config.HeadSize);
        header.Add(prefix + "attention.value_length", (uint)config.HeadSize);
        header.Add(prefix + "rope.freq_base", (float)config.RopeBase);
        header.Add(prefix + "rope.dimension_count", (uint)config.HeadSize);
        header.Add(prefix + "vocab_size", (uint)config.VocabularySize);
        if (config.RopeScaling is LinearRopeScaling linear)
        {
            header.Add(prefix + "rope.scaling.type", "linear");
            header.Add(prefix + "rope.scaling.factor", (float)linear.Factor);
        }
    }

    private static void AddEmbeddings(GgufHeader header, ModelPackage package)
    {
        if (package.Pooling is { } pooling)
        {
            header.Add(Architecture(package.Config) + ".pooling_type", pooling switch { PoolingKind.Mean => 1u, PoolingKind.First => 2u, _ => 3u });
        }

        if (package.CanShortenEmbeddings)
        {
            header.Add(MatryoshkaKey, true);
        }
    }

    private static void AddTokenizer(GgufHeader header, ModelPackage package)
    {
        TokenizerFiles files = package.Tokenizer;
        switch (files.Tokenizer)
        {
            case BpeTokenizer bpe:
                AddByteLevel(header, bpe, package.Config.VocabularySize);
                break;
            case SentencePieceTokenizer sentencePiece:
                AddSentencePiece(header, sentencePiece, package.Config.VocabularySize);
                break;
            default:
                throw new ArgumentException($"GGUF has no words for a {files.Tokenizer.GetType().Name}.", nameof(package));
        }

        AddId("tokenizer.ggml.bos_token_id", files.BeginId);
        AddId("tokenizer.ggml.eos_token_id", files.AddedEndId ?? files.EndId);
        AddId("tokenizer.ggml.padding_token_id", files.PaddingId);
        header.Add("tokenizer.ggml.add_bos_token", files.AddsBegin);
        header.Add("tokenizer.ggml.add_eos_token", files.AddedEndId is not null);
        if (package.ChatTemplate is string template)
        {
            AddId("tokenizer.ggml.eot_token_id", files.EndId);
            header.Add("tokenizer.chat_template", template);
        }

        void AddId(string key, int? id)
        {
            if (id is int value)
            {
                header.Add(key, (uint)value);
            }
        }
    }

    private static void AddByteLevel(GgufHeader header, BpeTokenizer tokenizer, int rows)
    {
        IEnumerable<int> ids = Enumerable.Range(0, tokenizer.VocabularySize);
        header.Add("tokenizer.ggml.model", "gpt2"); // the format's name for byte-level BPE of any kind
        header.Add("tokenizer.ggml.pre", tokenizer.Split.GgufName());
        header.Add("tokenizer.ggml.tokens", [.. ids.Select(tokenizer.TokenText), .. Beyond(tokenizer, rows)]);
        header.Add("tokenizer.ggml.token_type", [.. ids.Select(id => TypeNumber(tokenizer.KindOf(id))), .. Beyond(tokenizer, rows).Select(_ => TypeNumber(TokenKind.Unused))]);
        header.Add("tokenizer.ggml.merges", [.. Enumerable.Range(0, tokenizer.MergeCount).Select(tokenizer.MergeText)]);
        header.Add(IgnoreMergesKey, tokenizer.Vocabulary.IgnoreMerges);
    }

    private static void AddSentencePiece(GgufHeader header, SentencePieceTokenizer tokenizer, int rows)
    {
        const int Byte = 6;
        int[] types = [.. Enumerable.Range(0, tokenizer.VocabularySize).Select(id => TypeNumber(tokenizer.KindOf(id))), .. Beyond(tokenizer, rows).Select(_ => TypeNumber(TokenKind.Unused))];
        foreach (int id in tokenizer.ByteIds)
        {
            types[id] = Byte;
        }

        header.Add("tokenizer.ggml.model", "llama"); // the format's name for SentencePiece's byte-pair encoding
        header.Add("tokenizer.ggml.pre", "default");
        header.Add("tokenizer.ggml.tokens", [.. tokenizer.Pieces, .. Beyond(tokenizer, rows)]);
        header.Add("tokenizer.ggml.scores", [.. tokenizer.Scores, .. Beyond(tokenizer, rows).Select(_ => 0f)]);
        header.Add("tokenizer.ggml.token_type", types);
        header.Add("tokenizer.ggml.add_space_prefix", tokenizer.AddsSpacePrefix);
    }

    /// <summary>Readers count the rows of the embedding by the tokens, so rows beyond the tokenizer get a name too.</summary>
    private static IEnumerable<string> Beyond(ITokenizer tokenizer, int rows) =>
        Enumerable.Range(tokenizer.VocabularySize, rows - tokenizer.VocabularySize).Select(id => string.Create(CultureInfo.InvariantCulture, $"[PAD{id}]"));

    /// <summary>The format's numbers of token types.</summary>
    private static int TypeNumber(TokenKind kind) => kind switch
    {
        TokenKind.Normal => 1,
        TokenKind.Control => 3,
        TokenKind.UserDefined => 4,
        _ => 5,
    };
}
