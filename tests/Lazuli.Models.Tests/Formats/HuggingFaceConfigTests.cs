using System.Text;
using System.Text.Json.Nodes;

namespace Lazuli.Models.Tests;

public sealed class HuggingFaceConfigTests : IDisposable
{
    // As the field's own library writes them.
    private const string Llama = """
        {"architectures":["LlamaForCausalLM"],"attention_bias":false,"bos_token_id":1,"eos_token_id":2,"head_dim":64,"hidden_act":"silu","hidden_size":2048,
        "initializer_range":0.02,"intermediate_size":5632,"max_position_embeddings":4096,"mlp_bias":false,"model_type":"llama","num_attention_heads":32,"num_hidden_layers":22,
        "num_key_value_heads":4,"pretraining_tp":1,"rms_norm_eps":1e-05,"rope_scaling":null,"rope_theta":10000.0,"tie_word_embeddings":false,"torch_dtype":"float32","vocab_size":32000}
        """;

    private const string Gpt2 = """
        {"activation_function":"gelu_new","architectures":["GPT2LMHeadModel"],"attn_pdrop":0.1,"bos_token_id":50256,"embd_pdrop":0.1,"eos_token_id":50256,"initializer_range":0.02,
        "layer_norm_epsilon":1e-05,"model_type":"gpt2","n_ctx":1024,"n_embd":768,"n_head":12,"n_layer":12,"n_positions":1024,"resid_pdrop":0.1,"summary_activation":null,
        "task_specific_params":{"text-generation":{"do_sample":true,"max_length":50}},"vocab_size":50257}
        """;

    private const string Mistral = """
        {"architectures":["MistralForCausalLM"],"attention_dropout":0.0,"bos_token_id":1,"eos_token_id":2,"hidden_act":"silu","hidden_size":4096,"initializer_range":0.02,
        "intermediate_size":14336,"max_position_embeddings":32768,"model_type":"mistral","num_attention_heads":32,"num_hidden_layers":32,"num_key_value_heads":8,"rms_norm_eps":1e-05,
        "rope_theta":1000000.0,"sliding_window":null,"tie_word_embeddings":false,"torch_dtype":"bfloat16","use_cache":true,"vocab_size":32768}
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Reads_a_published_llama()
    {
        ModelConfig config = Read(Llama);
        Assert.Equal(new ModelConfig
        {
            Family = ModelFamily.Llama, VocabularySize = 32_000, ContextLength = 4_096, Layers = 22, Width = 2_048, Heads = 32, KeyValueHeads = 4, HeadSize = 64,
            FeedForwardWidth = 5_632, NormEpsilon = 1e-5f, RopeBase = 10_000, TiedHead = false,
        }, config);
    }

    [Fact]
    public void Reads_the_published_gpt2()
    {
        ModelConfig config = Read(Gpt2);
        Assert.Equal(new ModelConfig
        {
            Family = ModelFamily.Gpt2, VocabularySize = 50_257, ContextLength = 1_024, Layers = 12, Width = 768, Heads = 12, KeyValueHeads = 12, HeadSize = 64,
            FeedForwardWidth = 3_072, NormEpsilon = 1e-5f, TiedHead = true,
        }, config);
        Assert.Equal(124_439_808, new ParameterTable(config).ParameterCount);
    }

    [Theory]
    [InlineData("""{"rope_theta":500000.0,"rope_type":"default"}""")]
    [InlineData("""{"rope_theta":500000.0}""")]
    public void Reads_the_rotary_base_of_newer_files(string parameters)
    {
        Assert.Equal(500_000, Read(With(Llama, o => { o.Remove("rope_theta"); o["rope_parameters"] = JsonNode.Parse(parameters); })).RopeBase);
    }

    [Fact]
    public void Reads_either_name_of_the_element_type()
    {
        Assert.Equal(22, Read(With(Llama, o => { o.Remove("torch_dtype"); o["dtype"] = "bfloat16"; })).Layers);
    }

    [Fact]
    public void Fills_in_what_older_files_leave_out()
    {
        ModelConfig config = Read(With(Llama, o =>
        {
            foreach (string key in (string[])["head_dim", "num_key_value_heads", "rope_theta", "rope_scaling", "rms_norm_eps", "tie_word_embeddings", "attention_bias", "mlp_bias", "max_position_embeddings", "architectures"])
            {
                o.Remove(key);
            }
        }));
        Assert.Equal((64, 32, 10_000d, 1e-6f, false, 2_048), (config.HeadSize, config.KeyValueHeads, config.RopeBase, config.NormEpsilon, config.TiedHead, config.ContextLength));
    }

    [Theory]
    [InlineData("model_type", "\"gemma\"")]
    [InlineData("model_type", "\"qwen2\"", "architectures")]
    [InlineData("layer_types", "[\"full_attention\",\"sliding_attention\"]")]
    [InlineData("model_type", "null")]
    [InlineData("model_type", "7")]
    [InlineData("architectures", "[\"LlamaForSequenceClassification\"]")]
    [InlineData("architectures", "\"LlamaForCausalLM\"")]
    [InlineData("attention_bias", "true")]
    [InlineData("mlp_bias", "true")]
    [InlineData("mlp_bias", "\"false\"")]
    [InlineData("hidden_act", "\"gelu\"")]
    [InlineData("rope_scaling", """{"factor":8.0,"rope_type":"llama3"}""", "rope_scaling.low_freq_factor")]
    [InlineData("rope_scaling", """{"factor":8.0,"rope_type":"yarn"}""", "rope_scaling.rope_type")]
    [InlineData("rope_scaling", """{"factor":8.0,"low_freq_factor":4,"high_freq_factor":1,"rope_type":"llama3"}""", "shape")]
    [InlineData("rope_scaling", """{"type":"linear","factor":2.0,"beta_fast":32}""", "rope_scaling.beta_fast")]
    [InlineData("rope_scaling", """{"type":"linear"}""", "rope_scaling.factor")]
    [InlineData("rope_scaling", """{"factor":2.0}""", "rope_scaling.factor")]
    [InlineData("rope_scaling", "2")]
    [InlineData("rope_parameters", """{"rope_theta":5.0}""", "rope_parameters.rope_theta")]
    [InlineData("rope_theta", "0")]
    [InlineData("rope_theta", "1e999")]
    [InlineData("rope_theta", "\"1\"")]
    [InlineData("quantization_config", "{}")]
    [InlineData("vocab_size", "0")]
    [InlineData("vocab_size", "-1")]
    [InlineData("vocab_size", "3.5")]
    [InlineData("vocab_size", "\"32000\"")]
    [InlineData("vocab_size", "2147483647")]
    [InlineData("vocab_size", "1e30")]
    [InlineData("vocab_size", "null")]
    [InlineData("hidden_size", "2147483647")]
    [InlineData("num_hidden_layers", "2147483647")]
    [InlineData("intermediate_size", "[]")]
    [InlineData("rms_norm_eps", "-1")]
    [InlineData("rms_norm_eps", "1e-60", "shape")]
    [InlineData("num_key_value_heads", "5", "shape")]
    [InlineData("head_dim", "63", "shape")]
    [InlineData("tie_word_embeddings", "1")]
    public void Refuses_a_llama_it_does_not_implement_and_names_the_field(string field, string value, string? place = null)
    {
        ModelFormatException e = Assert.Throws<ModelFormatException>(() => Read(With(Llama, o => o[field] = JsonNode.Parse(value))));
        Assert.Equal(place ?? field, e.Place);
    }

    [Theory]
    [InlineData("sliding_window", "2048")]
    [InlineData("use_sliding_window", "\"no\"")]
    [InlineData("attention_bias", "true")]
    public void Refuses_a_mistral_it_does_not_implement_and_names_the_field(string field, string value)
    {
        ModelFormatException e = Assert.Throws<ModelFormatException>(() => Read(With(Mistral, o => o[field] = JsonNode.Parse(value))));
        Assert.Equal(field, e.Place);
    }

    [Fact]
    public void Reads_the_published_families()
    {
        ModelConfig llama3 = Read(With(Llama, o => o["rope_scaling"] = JsonNode.Parse("""{"factor":32.0,"high_freq_factor":4.0,"low_freq_factor":1.0,"original_max_position_embeddings":8192,"rope_type":"llama3"}""")));
        Assert.Equal(new Llama3RopeScaling(32, 1, 4, 8_192), llama3.RopeScaling);
        ModelConfig linear = Read(With(Llama, o => o["rope_scaling"] = JsonNode.Parse("""{"type":"linear","factor":2.0}""")));
        Assert.Equal(new LinearRopeScaling(2), linear.RopeScaling);

        ModelConfig mistral = Read(Mistral);
        Assert.Equal((ModelFamily.Llama, 8, 128, 32_768, 1e6, false, false), (mistral.Family, mistral.KeyValueHeads, mistral.HeadSize, mistral.ContextLength, mistral.RopeBase, mistral.QkvBias, mistral.QueryKeyNorm));
        Assert.Equal(4_096, Read(With(Mistral, o => { o["sliding_window"] = 4_096; o["max_position_embeddings"] = 4_096; })).ContextLength);

        ModelConfig qwen2 = Read("""
            {"architectures":["Qwen2ForCausalLM"],"hidden_act":"silu","hidden_size":896,"intermediate_size":4864,"max_position_embeddings":32768,"max_window_layers":21,"model_type":"qwen2",
            "num_attention_heads":14,"num_hidden_layers":24,"num_key_value_heads":2,"rms_norm_eps":1e-06,"rope_theta":1000000.0,"sliding_window":32768,"tie_word_embeddings":true,
            "torch_dtype":"bfloat16","use_cache":true,"use_sliding_window":false,"vocab_size":151936}
            """);
        Assert.Equal((true, false, 64, 494_032_768L), (qwen2.QkvBias, qwen2.QueryKeyNorm, qwen2.HeadSize, new ParameterTable(qwen2).ParameterCount)); // Qwen2.5-0.5B has 0.49B

        ModelConfig qwen3 = Read("""
            {"architectures":["Qwen3ForCausalLM"],"attention_bias":false,"head_dim":128,"hidden_act":"silu","hidden_size":1024,"intermediate_size":3072,"max_position_embeddings":40960,
            "model_type":"qwen3","num_attention_heads":16,"num_hidden_layers":28,"num_key_value_heads":8,"rms_norm_eps":1e-06,"rope_scaling":null,"rope_theta":1000000,"sliding_window":null,
            "tie_word_embeddings":true,"torch_dtype":"bfloat16","use_sliding_window":false,"vocab_size":151936}
            """);
        Assert.Equal((false, true, 128, 596_049_920L), (qwen3.QkvBias, qwen3.QueryKeyNorm, qwen3.HeadSize, new ParameterTable(qwen3).ParameterCount)); // Qwen3-0.6B has 0.6B
    }

    [Theory]
    [InlineData("activation_function", "\"gelu\"")]
    [InlineData("scale_attn_weights", "false")]
    [InlineData("scale_attn_by_inverse_layer_idx", "true")]
    [InlineData("add_cross_attention", "true")]
    [InlineData("tie_word_embeddings", "false")]
    [InlineData("n_head", "7", "shape")]
    [InlineData("n_head", "1000", "shape")]
    public void Refuses_a_gpt2_it_does_not_implement_and_names_the_field(string field, string value, string? place = null)
    {
        ModelFormatException e = Assert.Throws<ModelFormatException>(() => Read(With(Gpt2, o => o[field] = JsonNode.Parse(value))));
        Assert.Equal(place ?? field, e.Place);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"model_type\":\"llama\",\"model_type\":\"gpt2\"}")]
    [InlineData("{\"model_type\":\"\\ud800\"}")]
    [InlineData("{} {}")]
    public void Refuses_what_is_not_one_object(string text) => Assert.Throws<ModelFormatException>(() => Read(text));

    [Fact]
    public void A_config_cut_or_flipped_anywhere_never_ends_in_another_exception()
    {
        byte[] whole = Encoding.UTF8.GetBytes(Llama);
        for (int length = 0; length < whole.TrimEndLength(); length++)
        {
            byte[] cut = whole[..length];
            Assert.Throws<ModelFormatException>(() => HuggingFaceConfig.Read(_folder.Put("config.json", cut)));
        }

        int refused = 0;
        for (int bit = 0; bit < whole.Length * 8; bit += 5) // every bit of a byte comes up, in one byte or another
        {
            byte[] flipped = [.. whole];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            try
            {
                Assert.Empty(HuggingFaceConfig.Read(_folder.Put("config.json", flipped)).FindErrors());
            }
            catch (ModelFormatException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, whole.Length / 2, whole.Length * 8);
    }

    private ModelConfig Read(string json) => HuggingFaceConfig.Read(_folder.Put("config.json", Encoding.UTF8.GetBytes(json)));

    private static string With(string json, Action<JsonObject> change)
    {
        JsonObject o = JsonNode.Parse(json)!.AsObject();
        change(o);
        return o.ToJsonString();
    }
}

file static class ByteArrays
{
    /// <summary>Length up to the closing brace.</summary>
    public static int TrimEndLength(this byte[] bytes) => Array.LastIndexOf(bytes, (byte)'}') + 1;
}
