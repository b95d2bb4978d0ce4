namespace Lazuli.Models;

/// <summary>A kind of network as <c>config.json</c> names it, with what its own class takes where the file is silent.</summary>
/// <param name="Type">The value of <c>model_type</c>.</param>
/// <param name="Architecture">The class in <c>architectures</c>.</param>
/// <param name="Context">Default of <c>max_position_embeddings</c>.</param>
/// <param name="KeyValueHeads">Default of <c>num_key_value_heads</c>; null for as many as query heads.</param>
/// <param name="HeadSize">Default of <c>head_dim</c>; null for width / heads.</param>
/// <param name="QkvBias">Whether query, key and value have biases.</param>
/// <param name="QueryKeyNorm">Whether query and key heads have norms.</param>
internal sealed record HuggingFaceFamily(string Type, string Architecture, int Context, int? KeyValueHeads = null, int? HeadSize = null, bool QkvBias = false, bool QueryKeyNorm = false)
{
    /// <summary>The known ones, for messages.</summary>
    public const string Known = "\"llama\" (LlamaForCausalLM), \"mistral\" (MistralForCausalLM), \"qwen2\" (Qwen2ForCausalLM), \"qwen3\" (Qwen3ForCausalLM) or \"gpt2\" (GPT2LMHeadModel)";

    private static readonly HuggingFaceFamily[] s_all =
    [
        new("llama", "LlamaForCausalLM", 2_048),
        new("mistral", "MistralForCausalLM", 131_072, KeyValueHeads: 8),
        new("qwen2", "Qwen2ForCausalLM", 32_768, KeyValueHeads: 32, QkvBias: true),
        new("qwen3", "Qwen3ForCausalLM", 32_768, KeyValueHeads: 32, HeadSize: 128, QueryKeyNorm: true),
        new("gpt2", "GPT2LMHeadModel", 1_024),
    ];

    /// <summary>The family of a <c>model_type</c>; null when it is not implemented.</summary>
    public static HuggingFaceFamily? Find(string type) => Array.Find(s_all, family => family.Type == type);

    /// <summary>The family to write a shape as.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static HuggingFaceFamily Of(ModelConfig config) =>
        Array.Find(s_all, family => (family.Type == "gpt2") == (config.Family == ModelFamily.Gpt2) && family.QkvBias == config.QkvBias && family.QueryKeyNorm == config.QueryKeyNorm)
        ?? throw new ArgumentException("No Hugging Face class has both biases on query, key and value and norms on query and key heads.", nameof(config));
}
