using System.Runtime.InteropServices;

namespace Lazuli.Models.Tests;

public sealed class GgufFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(SampleModel.Kinds), MemberType = typeof(SampleModel))]
    public void F32_weights_come_back_bit_for_bit(string kind)
    {
        var model = new SampleModel(SampleModel.OfKind(kind), 1);
        GgufFile.Write(_folder["m.gguf"], model.Package(), GgufEncoding.F32);
        var file = new GgufReader(_folder["m.gguf"]);
        Dictionary<string, float[]> ours = ToOurLayout(file, model.Config);
        Assert.Equal(model.Table.All.Select(p => p.Name).Order(), ours.Keys.Order());
        foreach (ParameterInfo parameter in model.Table.All)
        {
            Assert.True(MemoryMarshal.AsBytes(model.Values(parameter)).SequenceEqual(MemoryMarshal.AsBytes<float>(ours[parameter.Name])), parameter.Name);
        }
    }

    [Fact]
    public void Queries_and_keys_lie_as_neighbouring_rotary_pairs_by_their_own_number_of_heads()
    {
        var model = new SampleModel(SampleModel.Llama(4, 2, headSize: 6), 1);
        GgufFile.Write(_folder["m.gguf"], model.Package(), GgufEncoding.F32);
        var file = new GgufReader(_folder["m.gguf"]);
        ParameterInfo qkv = model.Table.Blocks[1].Qkv;

        // Head 1 of the keys; its channel 1 pairs with channel 4 in ours, and lies at 2 and 3 there.
        float[] keys = file.Tensors["blk.1.attn_k.weight"].Floats();
        AssertRow(model, qkv, 24 + 6 + 1, keys, 6 + 2);
        AssertRow(model, qkv, 24 + 6 + 4, keys, 6 + 3);
        float[] values = file.Tensors["blk.1.attn_v.weight"].Floats();
        AssertRow(model, qkv, 24 + 12 + 7, values, 7);
    }

    [Fact]
    public void Sizes_are_innermost_first()
    {
        GgufFile.Write(_folder["m.gguf"], new SampleModel(SampleModel.Llama(), 1).Package(), GgufEncoding.F32);
        var file = new GgufReader(_folder["m.gguf"]);
        Assert.Equal([24, 270], file.Tensors["token_embd.weight"].Dimensions);
        Assert.Equal([40, 24], file.Tensors["blk.0.ffn_down.weight"].Dimensions);
        Assert.Equal([24], file.Tensors["blk.0.attn_norm.weight"].Dimensions);
        Assert.DoesNotContain("output.weight", file.Tensors.Keys); // tied
    }

    [Fact]
    public void Llama_says_all_that_readers_need()
    {
        var model = new SampleModel(SampleModel.Llama(4, 2, headSize: 6), 1, awkward: false);
        GgufFile.Write(_folder["m.gguf"], model.Package(), GgufEncoding.F16);
        Dictionary<string, object> v = new GgufReader(_folder["m.gguf"]).Values;
        AssertValues(v,
            ("general.architecture", "llama"), ("general.type", "model"), ("general.name", "sample"), ("general.license", "MIT"), ("general.file_type", 1u), ("general.quantization_version", 2u),
            ("general.size_label", "16K"), ("general.base_model.count", 1u), ("general.base_model.0.name", "seedling"), ("general.dataset.count", 1u), ("general.dataset.0.name", "words"),
            ("llama.block_count", 2u), ("llama.context_length", 32u), ("llama.embedding_length", 24u), ("llama.feed_forward_length", 40u), ("llama.attention.head_count", 4u),
            ("llama.attention.head_count_kv", 2u), ("llama.attention.layer_norm_rms_epsilon", 1e-6f), ("llama.attention.key_length", 6u), ("llama.attention.value_length", 6u),
            ("llama.rope.freq_base", 50_000f), ("llama.rope.dimension_count", 6u), ("llama.vocab_size", 270u));
        Assert.Equal(15_816, model.Table.ParameterCount);
    }

    [Fact]
    public void Gpt2_says_all_that_readers_need()
    {
        GgufFile.Write(_folder["m.gguf"], new SampleModel(SampleModel.Gpt2(), 1).Package(null), GgufEncoding.F32);
        var file = new GgufReader(_folder["m.gguf"]);
        AssertValues(file.Values,
            ("general.architecture", "gpt2"), ("general.file_type", 0u), ("gpt2.block_count", 2u), ("gpt2.context_length", 16u), ("gpt2.embedding_length", 32u),
            ("gpt2.feed_forward_length", 96u), ("gpt2.attention.head_count", 4u), ("gpt2.attention.layer_norm_epsilon", 1e-5f));
        Assert.DoesNotContain(file.Keys, k => k.StartsWith("llama.", StringComparison.Ordinal));
        Assert.DoesNotContain("tokenizer.chat_template", file.Keys);
        Assert.Equal([32, 96], file.Tensors["blk.0.attn_qkv.weight"].Dimensions);
        Assert.Equal([32, 16], file.Tensors["position_embd.weight"].Dimensions);
    }

    [Fact]
    public void The_tokenizer_is_written_in_the_byte_level_alphabet_and_filled_up_to_the_embedding()
    {
        GgufFile.Write(_folder["m.gguf"], new SampleModel(SampleModel.Llama(), 1).Package(), GgufEncoding.F32);
        Dictionary<string, object> v = new GgufReader(_folder["m.gguf"]).Values;
        object[] tokens = (object[])v["tokenizer.ggml.tokens"];
        object[] types = (object[])v["tokenizer.ggml.token_type"];
        Assert.Equal((270, 270), (tokens.Length, types.Length));
        Assert.Equal(["<|endoftext|>", "<|system|>", "<|user|>", "<|assistant|>", "<|end|>"], tokens[..5]);
        Assert.Equal("Ġ", tokens[5 + 32]);
        Assert.Equal(["th", "the", "Ġthe", "[PAD264]"], tokens[261..265]);
        Assert.Equal([3, 1, 1, 5], new[] { types[4], types[5], types[263], types[264] });
        Assert.Equal(["t h", "th e", "Ġ the"], (object[])v["tokenizer.ggml.merges"]);
        AssertValues(v,
            ("tokenizer.ggml.model", "gpt2"), ("tokenizer.ggml.pre", "gpt-2"), ("tokenizer.ggml.bos_token_id", 0u), ("tokenizer.ggml.eos_token_id", 4u), ("tokenizer.ggml.eot_token_id", 4u),
            ("tokenizer.ggml.padding_token_id", 0u), ("tokenizer.ggml.add_bos_token", true), ("tokenizer.ggml.add_eos_token", false), ("tokenizer.chat_template", ChatTemplate.Jinja));
    }

    [Fact]
    public void F16_rounds_matrices_and_keeps_vectors_and_positions()
    {
        var model = new SampleModel(SampleModel.Gpt2(), 1, awkward: false);
        GgufFile.Write(_folder["m.gguf"], model.Package(), GgufEncoding.F16);
        var file = new GgufReader(_folder["m.gguf"]);
        Assert.All(file.Tensors, t => Assert.Equal(t.Value.Dimensions.Length == 1 || t.Key == "position_embd.weight" ? 0u : 1u, t.Value.Type));
        Assert.Equal(model.Values(model.Table.TokenEmbedding).ToArray().Select(x => (float)(Half)x), file.Tensors["token_embd.weight"].Floats());
    }

    [Fact]
    public void Q8_0_falls_back_to_F16_where_inputs_are_no_multiple_of_32()
    {
        var model = new SampleModel(SampleModel.Llama(4, 2, headSize: 8) with { Width = 64, FeedForwardWidth = 40 }, 1, awkward: false);
        GgufFile.Write(_folder["m.gguf"], model.Package(), GgufEncoding.Q8_0);
        var file = new GgufReader(_folder["m.gguf"]);
        Assert.Equal(7u, file.Values["general.file_type"]);
        Assert.Equal(8u, file.Tensors["token_embd.weight"].Type);
        Assert.Equal(8u, file.Tensors["blk.0.attn_output.weight"].Type);
        Assert.Equal(1u, file.Tensors["blk.0.ffn_down.weight"].Type);
        Assert.Equal(0u, file.Tensors["blk.0.ffn_norm.weight"].Type);
    }

    [Fact]
    public void A_weight_that_does_not_fit_is_refused_by_the_name_of_its_tensor()
    {
        ModelPackage package = new SampleModel(SampleModel.Llama() with { Width = 32 }, 1, awkward: false).Package();
        ModelPackage damaged = package with
        {
            Parameters = (parameter, destination) =>
            {
                package.Parameters(parameter, destination);
                destination[0] = parameter.Name == "blocks.1.attention.out.weight" ? float.NaN : destination[0];
            },
        };
        ArgumentException e = Assert.Throws<ArgumentException>(() => GgufFile.Write(_folder["m.gguf"], damaged, GgufEncoding.F16));
        Assert.Contains("'blk.1.attn_output.weight'", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failure_while_writing_leaves_the_old_file_and_nothing_else()
    {
        _folder.Put("m.gguf", [1, 2, 3]);
        ModelPackage package = new SampleModel(SampleModel.Llama(), 1).Package();
        int asked = 0;
        ModelPackage failing = package with
        {
            Parameters = (parameter, destination) =>
            {
                if (++asked == 3)
                {
                    throw new IOException("no more");
                }

                package.Parameters(parameter, destination);
            },
        };
        Assert.Throws<IOException>(() => GgufFile.Write(_folder["m.gguf"], failing, GgufEncoding.F32));
        Assert.Equal([1, 2, 3], File.ReadAllBytes(_folder["m.gguf"]));
        Assert.Equal(["m.gguf"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void A_full_disk_is_one_error_and_leaves_nothing()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full here to stand for a full disk.");
        File.CreateSymbolicLink(_folder["m.gguf.tmp"], "/dev/full"); // where the writer stages its file
        Assert.ThrowsAny<IOException>(() => GgufFile.Write(_folder["m.gguf"], new SampleModel(SampleModel.Llama(), 1).Package(), GgufEncoding.F32));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Theory]
    [InlineData(17_688, "18K")]
    [InlineData(815_000, "815K")]
    [InlineData(1_234, "1.2K")]
    [InlineData(9_437_184, "9.4M")]
    [InlineData(124_439_808, "124M")]
    [InlineData(1_100_048_384, "1.1B")]
    public void Sizes_are_named_as_the_field_does(long parameters, string label) => Assert.Equal(label, GgufMetadata.SizeLabel(parameters));

    private static void AssertValues(Dictionary<string, object> values, params (string Key, object Value)[] expected)
    {
        foreach ((string key, object value) in expected)
        {
            Assert.Equal((key, value), (key, values.GetValueOrDefault(key)!));
        }
    }

    private static void AssertRow(SampleModel model, ParameterInfo parameter, int row, float[] stored, int storedRow) => Assert.True(
        MemoryMarshal.AsBytes(model.Values(parameter).Slice(row * parameter.Columns, parameter.Columns))
            .SequenceEqual(MemoryMarshal.AsBytes(stored.AsSpan(storedRow * parameter.Columns, parameter.Columns))));

    /// <summary>Stacks and un-permutes the file's tensors into our parameters.</summary>
    internal static Dictionary<string, float[]> ToOurLayout(GgufReader file, ModelConfig config)
    {
        float[] T(string name) => file.Tensors[name].Floats();
        var ours = new Dictionary<string, float[]> { ["token_embedding.weight"] = T("token_embd.weight"), ["final_norm.gain"] = T("output_norm.weight") };
        if (!config.TiedHead)
        {
            ours["head.weight"] = T("output.weight");
        }

        bool gpt2 = config.Family == ModelFamily.Gpt2;
        if (gpt2)
        {
            ours["position_embedding.weight"] = T("position_embd.weight");
            ours["final_norm.bias"] = T("output_norm.bias");
        }

        for (int i = 0; i < config.Layers; i++)
        {
            string b = $"blk.{i}.";
            string o = $"blocks.{i}.";
            ours[o + "attention_norm.gain"] = T(b + "attn_norm.weight");
            ours[o + "feed_forward_norm.gain"] = T(b + "ffn_norm.weight");
            ours[o + "attention.out.weight"] = T(b + "attn_output.weight");
            ours[o + "feed_forward.out.weight"] = T(b + "ffn_down.weight");
            if (gpt2)
            {
                ours[o + "attention.qkv.weight"] = T(b + "attn_qkv.weight");
                ours[o + "feed_forward.in.weight"] = T(b + "ffn_up.weight");
                foreach ((string there, string here) in ((string, string)[])[("attn_norm", "attention_norm"), ("attn_qkv", "attention.qkv"), ("attn_output", "attention.out"), ("ffn_norm", "feed_forward_norm"), ("ffn_up", "feed_forward.in"), ("ffn_down", "feed_forward.out")])
                {
                    ours[$"{o}{here}.bias"] = T($"{b}{there}.bias");
                }
            }
            else
            {
                ours[o + "attention.qkv.weight"] = [.. HalvesApart(T(b + "attn_q.weight"), config.Heads, config), .. HalvesApart(T(b + "attn_k.weight"), config.KeyValueHeads, config), .. T(b + "attn_v.weight")];
                ours[o + "feed_forward.in.weight"] = [.. T(b + "ffn_gate.weight"), .. T(b + "ffn_up.weight")];
            }
        }

        return ours;
    }

    /// <summary>The inverse of the format's reordering: [heads, D/2, 2, in] to [heads, 2, D/2, in].</summary>
    private static float[] HalvesApart(float[] w, int heads, ModelConfig config)
    {
        int half = config.HeadSize / 2;
        float[] result = new float[w.Length];
        for (int h = 0; h < heads; h++)
        {
            for (int j = 0; j < half; j++)
            {
                for (int p = 0; p < 2; p++)
                {
                    int from = (((h * half) + j) * 2) + p;
                    int to = (((h * 2) + p) * half) + j;
                    w.AsSpan(from * config.Width, config.Width).CopyTo(result.AsSpan(to * config.Width, config.Width));
                }
            }
        }

        return result;
    }
}
