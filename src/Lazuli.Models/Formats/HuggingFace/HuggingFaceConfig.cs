using System.Text.Json;

namespace Lazuli.Models;

/// <summary><c>config.json</c> of a Hugging Face folder, out and in.</summary>
internal static class HuggingFaceConfig
{
    private const int MaxFileLength = 16 << 20;

    // Far above any model, low enough that no product of shapes overflows.
    private const int MaxLayers = 4_096;
    private const int MaxWidth = 1 << 20;
    private const int MaxRows = 1 << 24;
    private const int MaxHeads = 1 << 14;
    private const int MaxHeadSize = 1 << 14;
    private const int MaxContext = 1 << 30;

    /// <summary>Writes the fields that the family's own class writes, in order of name, and what is said of vectors behind them.</summary>
    public static byte[] Write(ModelPackage package, SafetensorsType weights)
    {
        (ModelConfig config, TokenizerFiles tokenizer) = (package.Config, package.Tokenizer);
        string type = weights switch
        {
            SafetensorsType.Float32 => "float32",
            SafetensorsType.Float16 => "float16",
            SafetensorsType.BFloat16 => "bfloat16",
            _ => throw new ArgumentException($"Weights cannot be written as {weights.FormatName()}.", nameof(weights)),
        };
        return JsonText.Write(json =>
        {
            if (config.Family == ModelFamily.Gpt2)
            {
                WriteGpt2(json, config, tokenizer, type);
            }
            else
            {
                WriteLlama(json, config, tokenizer, type);
            }

            if (package.CanShortenEmbeddings)
            {
                json.WriteBoolean("is_matryoshka", true);
            }
        });
    }

    /// <summary>Reads a shape.</summary>
    /// <exception cref="ModelFormatException">The file is damaged, or asks for something that is not implemented.</exception>
    public static ModelConfig Read(string path)
    {
        JsonFields fields = JsonFields.Open(path, MaxFileLength);
        HuggingFaceFamily family = ReadFamily(fields);
        if (fields.Has("quantization_config"))
        {
            throw fields.Unsupported("quantization_config", "weights that are not quantised");
        }

        ModelConfig config = family.Type == "gpt2" ? ReadGpt2(fields) : ReadLlama(fields, family);
        IReadOnlyList<string> errors = config.FindErrors();
        return errors.Count == 0 ? config : throw new ModelFormatException(path, "shape", "one that can be built", string.Join(" ", errors).TrimEnd('.'));
    }

    private static void WriteLlama(Utf8JsonWriter json, ModelConfig config, TokenizerFiles tokenizer, string type)
    {
        HuggingFaceFamily family = HuggingFaceFamily.Of(config);
        JsonText.Strings(json, "architectures", [family.Architecture]);
        if (!config.QkvBias)
        {
            json.WriteBoolean("attention_bias", false); // Qwen 2 has its biases without saying so
        }

        json.WriteNumber("attention_dropout", 0.0);
        WriteIds(json, tokenizer);
        json.WriteNumber("head_dim", config.HeadSize);
        json.WriteString("hidden_act", "silu");
        json.WriteNumber("hidden_size", config.Width);
        json.WriteNumber("initializer_range", 0.02);
        json.WriteNumber("intermediate_size", config.FeedForwardWidth);
        json.WriteNumber("max_position_embeddings", config.ContextLength);
        if (family.Type == "llama")
        {
            json.WriteBoolean("mlp_bias", false);
        }

        json.WriteString("model_type", family.Type);
        json.WriteNumber("num_attention_heads", config.Heads);
        json.WriteNumber("num_hidden_layers", config.Layers);
        json.WriteNumber("num_key_value_heads", config.KeyValueHeads);
        if (family.Type == "llama")
        {
            json.WriteNumber("pretraining_tp", 1);
        }

        json.WriteNumber("rms_norm_eps", config.NormEpsilon);
        HuggingFaceRope.Write(json, config.RopeScaling);
        json.WriteNumber("rope_theta", config.RopeBase);
        json.WriteBoolean("tie_word_embeddings", config.TiedHead);
        json.WriteString("torch_dtype", type);
        json.WriteBoolean("use_cache", true);
        if (family.Type != "llama")
        {
            json.WriteBoolean("use_sliding_window", false);
        }

        json.WriteNumber("vocab_size", config.VocabularySize);
    }

    private static void WriteGpt2(Utf8JsonWriter json, ModelConfig config, TokenizerFiles tokenizer, string type)
    {
        json.WriteString("activation_function", "gelu_new");
        JsonText.Strings(json, "architectures", ["GPT2LMHeadModel"]);
        json.WriteNumber("attn_pdrop", 0.0);
        WriteIds(json, tokenizer);
        json.WriteNumber("embd_pdrop", 0.0);
        json.WriteNumber("initializer_range", 0.02);
        json.WriteNumber("layer_norm_epsilon", config.NormEpsilon);
        json.WriteString("model_type", "gpt2");
        json.WriteNumber("n_ctx", config.ContextLength);
        json.WriteNumber("n_embd", config.Width);
        json.WriteNumber("n_head", config.Heads);
        json.WriteNumber("n_inner", config.FeedForwardWidth);
        json.WriteNumber("n_layer", config.Layers);
        json.WriteNumber("n_positions", config.ContextLength);
        json.WriteBoolean("reorder_and_upcast_attn", false);
        json.WriteNumber("resid_pdrop", 0.0);
        json.WriteBoolean("scale_attn_by_inverse_layer_idx", false);
        json.WriteBoolean("scale_attn_weights", true);
        json.WriteBoolean("tie_word_embeddings", true);
        json.WriteString("torch_dtype", type);
        json.WriteBoolean("use_cache", true);
        json.WriteNumber("vocab_size", config.VocabularySize);
    }

    private static void WriteIds(Utf8JsonWriter json, TokenizerFiles tokenizer)
    {
        if (tokenizer.BeginId is int begin)
        {
            json.WriteNumber("bos_token_id", begin);
        }

        if (tokenizer.EndId is int end)
        {
            json.WriteNumber("eos_token_id", end);
        }
    }

    private static HuggingFaceFamily ReadFamily(JsonFields fields)
    {
        string type = fields.Text("model_type") ?? throw fields.Bad("model_type", HuggingFaceFamily.Known, "nothing");
        HuggingFaceFamily family = HuggingFaceFamily.Find(type) ?? throw fields.Unsupported("model_type", HuggingFaceFamily.Known);
        foreach (JsonElement item in fields.Items("architectures"))
        {
            if (fields.TextOf("architectures", item) != family.Architecture)
            {
                throw fields.Unsupported("architectures", $"[\"{family.Architecture}\"]");
            }
        }

        return family;
    }

    private static ModelConfig ReadLlama(JsonFields fields, HuggingFaceFamily family)
    {
        RequireText(fields, "hidden_act", "silu");
        RequireFlag(fields, "attention_bias", false);
        RequireFlag(fields, "mlp_bias", false);
        int width = fields.Count("hidden_size", MaxWidth);
        int heads = fields.Count("num_attention_heads", MaxHeads);
        if (!fields.Has("head_dim") && family.HeadSize is null && width % heads != 0)
        {
            throw fields.Bad("num_attention_heads", $"a divisor of hidden_size ({width}) where head_dim is not given", $"{heads}");
        }

        int context = fields.Count("max_position_embeddings", MaxContext, family.Context);
        RequireFullAttention(fields, family, context);
        return new ModelConfig
        {
            Family = ModelFamily.Llama,
            VocabularySize = fields.Count("vocab_size", MaxRows),
            ContextLength = context,
            Layers = fields.Count("num_hidden_layers", MaxLayers),
            Width = width,
            Heads = heads,
            KeyValueHeads = fields.Count("num_key_value_heads", MaxHeads, family.KeyValueHeads ?? heads),
            HeadSize = fields.Count("head_dim", MaxHeadSize, family.HeadSize ?? Math.Max(1, width / heads)),
            FeedForwardWidth = fields.Count("intermediate_size", MaxRows),
            NormEpsilon = (float)fields.Positive("rms_norm_eps", 1e-6),
            RopeBase = HuggingFaceRope.ReadBase(fields),
            RopeScaling = HuggingFaceRope.ReadScaling(fields, context),
            QkvBias = family.QkvBias,
            QueryKeyNorm = family.QueryKeyNorm,
            TiedHead = fields.Flag("tie_word_embeddings", false),
        };
    }

    /// <summary>A window as long as the context hides nothing; a shorter one is not implemented.</summary>
    private static void RequireFullAttention(JsonFields fields, HuggingFaceFamily family, int context)
    {
        bool uses = fields.Flag("use_sliding_window", family.Type == "mistral");
        if (uses && fields.Has("sliding_window") && fields.Count("sliding_window", int.MaxValue) < context)
        {
            throw fields.Unsupported("sliding_window", $"null, or a window as long as max_position_embeddings ({context})");
        }

        foreach (JsonElement item in fields.Items("layer_types"))
        {
            string kind = fields.TextOf("layer_types", item);
            if (kind != "full_attention" && !(kind == "sliding_attention" && uses))
            {
                throw fields.Bad("layer_types", "only \"full_attention\" (nothing else is implemented)", $"\"{kind}\"");
            }
        }
    }

    private static ModelConfig ReadGpt2(JsonFields fields)
    {
        RequireText(fields, "activation_function", "gelu_new", "gelu_pytorch_tanh");
        RequireFlag(fields, "scale_attn_weights", true);
        RequireFlag(fields, "scale_attn_by_inverse_layer_idx", false);
        RequireFlag(fields, "add_cross_attention", false);
        RequireFlag(fields, "tie_word_embeddings", true);
        int width = fields.Count("n_embd", MaxWidth);
        int heads = fields.Count("n_head", MaxHeads);
        return new ModelConfig
        {
            Family = ModelFamily.Gpt2,
            VocabularySize = fields.Count("vocab_size", MaxRows),
            ContextLength = fields.Count("n_positions", MaxRows, fields.Count("n_ctx", MaxRows, 1_024)),
            Layers = fields.Count("n_layer", MaxLayers),
            Width = width,
            Heads = heads,
            KeyValueHeads = heads,
            HeadSize = Math.Max(1, width / heads),
            FeedForwardWidth = fields.Count("n_inner", MaxRows, 4 * width),
            NormEpsilon = (float)fields.Positive("layer_norm_epsilon", 1e-5),
            TiedHead = true,
        };
    }

    private static void RequireText(JsonFields fields, string name, params string[] accepted)
    {
        if (fields.Text(name) is string text && !accepted.Contains(text))
        {
            throw fields.Unsupported(name, string.Join(" or ", accepted.Select(a => $"\"{a}\"")));
        }
    }

    private static void RequireFlag(JsonFields fields, string name, bool accepted)
    {
        if (fields.Flag(name, accepted) != accepted)
        {
            throw fields.Unsupported(name, accepted ? "true" : "false");
        }
    }
}
