using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Lazuli.Models.Tests;

public sealed class HuggingFaceFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(GgufModelFileTests.Kinds), MemberType = typeof(GgufModelFileTests))]
    public void A_model_comes_back_bit_for_bit(string kind)
    {
        var model = new SampleModel(GgufModelFileTests.OfKind(kind), 1);
        HuggingFaceFolder.Write(_folder["m"], model.Package());
        AssertHolds(_folder["m"], model);
    }

    [Theory]
    [InlineData("llama-untied")]
    [InlineData("gpt2")]
    public void A_model_in_shards_comes_back_bit_for_bit(string kind)
    {
        var model = new SampleModel(SampleModel.OfKind(kind), 2);
        HuggingFaceFolder.Write(_folder["m"], model.Package(), maxShardBytes: 20_000);

        Assert.False(File.Exists(Path.Combine(_folder["m"], "model.safetensors")));
        JsonObject index = Json("model.safetensors.index.json");
        string[] files = [.. index["weight_map"]!.AsObject().Select(p => (string)p.Value!).Distinct().Order()];
        Assert.InRange(files.Length, 3, 20);
        Assert.Equal($"model-00001-of-{files.Length:D5}.safetensors", files[0]);
        Assert.Equal(model.Table.ParameterCount * 4, (long)index["metadata"]!["total_size"]!);
        AssertHolds(_folder["m"], model);
    }

    [Theory]
    [InlineData(SafetensorsType.BFloat16, "bfloat16")]
    [InlineData(SafetensorsType.Float16, "float16")]
    public void Half_weights_come_back_rounded_once(SafetensorsType type, string name)
    {
        var model = new SampleModel(SampleModel.Gpt2(), 3, awkward: false);
        HuggingFaceFolder.Write(_folder["m"], model.Package(), type);
        Assert.Equal(name, (string)Json("config.json")["torch_dtype"]!);
        using HuggingFaceFolder folder = HuggingFaceFolder.Open(_folder["m"]);
        folder.ReadParameters(model.Table, (parameter, values) =>
        {
            ReadOnlySpan<float> original = model.Values(parameter);
            for (int i = 0; i < values.Length; i++)
            {
                Assert.Equal(type == SafetensorsType.BFloat16 ? HalfPrecision.FromBFloat16(HalfPrecision.ToBFloat16(original[i])) : (float)(Half)original[i], values[i]);
            }
        });
    }

    [Fact]
    public void Llama_has_the_names_that_its_class_loads()
    {
        HuggingFaceFolder.Write(_folder["m"], new SampleModel(SampleModel.Llama(4, 2, tied: false), 1).Package());
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(_folder["m"], "model.safetensors"));
        Assert.Equal("pt", file.Metadata["format"]);
        Assert.Equal(
        [
            "lm_head.weight [270, 24]", "model.embed_tokens.weight [270, 24]",
            "model.layers.0.input_layernorm.weight [24]", "model.layers.0.mlp.down_proj.weight [24, 40]", "model.layers.0.mlp.gate_proj.weight [40, 24]",
            "model.layers.0.mlp.up_proj.weight [40, 24]", "model.layers.0.post_attention_layernorm.weight [24]", "model.layers.0.self_attn.k_proj.weight [12, 24]",
            "model.layers.0.self_attn.o_proj.weight [24, 24]", "model.layers.0.self_attn.q_proj.weight [24, 24]", "model.layers.0.self_attn.v_proj.weight [12, 24]",
            "model.layers.1.input_layernorm.weight [24]", "model.layers.1.mlp.down_proj.weight [24, 40]", "model.layers.1.mlp.gate_proj.weight [40, 24]",
            "model.layers.1.mlp.up_proj.weight [40, 24]", "model.layers.1.post_attention_layernorm.weight [24]", "model.layers.1.self_attn.k_proj.weight [12, 24]",
            "model.layers.1.self_attn.o_proj.weight [24, 24]", "model.layers.1.self_attn.q_proj.weight [24, 24]", "model.layers.1.self_attn.v_proj.weight [12, 24]",
            "model.norm.weight [24]",
        ], file.Tensors.Select(t => $"{t.Name} [{string.Join(", ", t.Shape)}]"));
    }

    [Fact]
    public void Gpt2_layers_are_stored_with_inputs_first()
    {
        var model = new SampleModel(SampleModel.Gpt2(), 1);
        HuggingFaceFolder.Write(_folder["m"], model.Package());
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(_folder["m"], "model.safetensors"));
        Assert.True(file.TryGet("transformer.h.1.attn.c_attn.weight", out SafetensorsTensor? tensor));
        Assert.Equal([32, 96], tensor!.Shape);
        ParameterInfo ours = model.Table.Blocks[1].Qkv;
        float[] row = new float[96];
        file.ReadFloats(tensor, 5 * 96, row); // what all outputs take from input 5
        for (int output = 0; output < 96; output++)
        {
            Assert.Equal(BitConverter.SingleToUInt32Bits(model.Values(ours)[(output * 32) + 5]), BitConverter.SingleToUInt32Bits(row[output]));
        }
    }

    [Fact]
    public void Published_gpt2_names_without_prefix_and_with_masks_are_read()
    {
        var model = new SampleModel(SampleModel.Gpt2(), 4);
        HuggingFaceFolder.Write(_folder["m"], model.Package());
        string path = Path.Combine(_folder["m"], "model.safetensors");
        var tensors = new List<(string Name, long[] Shape, float[] Values)>();
        using (SafetensorsFile file = SafetensorsFile.Open(path))
        {
            foreach (SafetensorsTensor t in file.Tensors)
            {
                float[] values = new float[t.ElementCount];
                file.ReadFloats(t, 0, values);
                tensors.Add((t.Name["transformer.".Length..], [.. t.Shape], values));
            }
        }

        tensors.Add(("h.0.attn.bias", [1, 1, 2, 2], new float[4]));
        using (var writer = new SafetensorsWriter(path, tensors.Select(t => (t.Name, SafetensorsType.Float32, (IReadOnlyList<long>)t.Shape)), new Dictionary<string, string>()))
        {
            tensors.ForEach(t => writer.Write(t.Name, t.Values));
            writer.Commit();
        }

        AssertHolds(_folder["m"], model);
    }

    [Fact]
    public void The_folder_has_the_files_and_fields_that_loaders_read()
    {
        HuggingFaceFolder.Write(_folder["m"], new SampleModel(SampleModel.Llama(), 1).Package());
        Assert.Equal(
            ["README.md", "config.json", "generation_config.json", "model.safetensors", "special_tokens_map.json", "tokenizer.json", "tokenizer_config.json"],
            Directory.EnumerateFileSystemEntries(_folder["m"]).Select(p => Path.GetFileName(p)!).Order(StringComparer.Ordinal));
        Assert.Equal("""["LlamaForCausalLM"]""", Json("config.json")["architectures"]!.ToJsonString());
        Assert.Equal("[4,0]", Json("generation_config.json")["eos_token_id"]!.ToJsonString());
        Assert.Equal("<|endoftext|>", (string)Json("special_tokens_map.json")["bos_token"]!);
        JsonObject tokenizer = Json("tokenizer_config.json");
        Assert.Equal(ChatTemplate.Jinja, (string)tokenizer["chat_template"]!);
        Assert.Equal("<|end|>", (string)tokenizer["eos_token"]!);
        Assert.Equal("<|user|>", (string)tokenizer["added_tokens_decoder"]!["2"]!["content"]!);
        string card = File.ReadAllText(Path.Combine(_folder["m"], "README.md"));
        Assert.StartsWith("---\nlicense: mit\nlibrary_name: transformers\n", card);
        Assert.Contains("datasets:\n- \"words\"\n", card);
        Assert.Contains("Training run: `run-1`", card);
    }

    [Fact]
    public void An_opened_folder_tells_ids_chat_format_and_tokenizer()
    {
        HuggingFaceFolder.Write(_folder["m"], new SampleModel(SampleModel.Llama(), 1).Package());
        using HuggingFaceFolder folder = HuggingFaceFolder.Open(_folder["m"]);
        Assert.Equal(0, folder.BeginId);
        Assert.Equal([4, 0], folder.StopIds);
        Assert.Equal(ChatTemplate.Jinja, folder.ChatTemplate);
        TokenizerFiles tokenizer = folder.ReadTokenizer();
        Assert.Equal(SampleModel.Tokenizer.Digest, tokenizer.Tokenizer.Digest);
        Assert.Equal((0, 4), (tokenizer.BeginId, tokenizer.StopIds[0]));
    }

    [Fact]
    public void A_chat_template_file_wins_and_a_model_without_one_has_none()
    {
        HuggingFaceFolder.Write(_folder["m"], new SampleModel(SampleModel.Llama(), 1).Package(chatTemplate: null));
        using (HuggingFaceFolder folder = HuggingFaceFolder.Open(_folder["m"]))
        {
            Assert.Null(folder.ChatTemplate);
        }

        File.WriteAllText(Path.Combine(_folder["m"], "chat_template.jinja"), "{{ x }}");
        using (HuggingFaceFolder folder = HuggingFaceFolder.Open(_folder["m"]))
        {
            Assert.Equal("{{ x }}", folder.ChatTemplate);
        }
    }

    [Fact]
    public void Refuses_to_write_over_what_exists()
    {
        Directory.CreateDirectory(_folder["m"]);
        Assert.Throws<IOException>(() => HuggingFaceFolder.Write(_folder["m"], new SampleModel(SampleModel.Llama(), 1).Package()));
    }

    [Fact]
    public void A_failure_while_writing_leaves_nothing_behind()
    {
        ModelPackage package = new SampleModel(SampleModel.Llama(), 1).Package() with
        {
            Parameters = (parameter, _) => throw new IOException(parameter.Name),
        };
        Assert.Throws<IOException>(() => HuggingFaceFolder.Write(_folder["m"], package));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void What_a_killed_process_left_is_replaced()
    {
        Directory.CreateDirectory(_folder["m.tmp"]);
        File.WriteAllText(Path.Combine(_folder["m.tmp"], "stray"), "x");
        HuggingFaceFolder.Write(_folder["m"], new SampleModel(SampleModel.Llama(), 1).Package());
        Assert.False(File.Exists(Path.Combine(_folder["m"], "stray")));
        Assert.False(Directory.Exists(_folder["m.tmp"]));
    }

    [Fact]
    public void Refuses_a_tokenizer_larger_than_the_embedding()
    {
        var model = new SampleModel(SampleModel.Llama() with { VocabularySize = 263 }, 1);
        Assert.Contains("264 ids", Assert.Throws<ArgumentException>(() => HuggingFaceFolder.Write(_folder["m"], model.Package())).Message);
    }

    [Fact]
    public void Refuses_a_missing_a_misshapen_and_an_unknown_tensor_by_name()
    {
        var model = new SampleModel(SampleModel.Llama(), 1);
        HuggingFaceFolder.Write(_folder["m"], model.Package());
        string path = Path.Combine(_folder["m"], "model.safetensors");
        (string Name, long[] Shape)[] all;
        using (SafetensorsFile file = SafetensorsFile.Open(path))
        {
            all = [.. file.Tensors.Select(t => (t.Name, t.Shape.ToArray()))];
        }

        Rewrite(all.Where(t => t.Name != "model.norm.weight"));
        Assert.Contains("model.norm.weight", Refused().Place);
        Rewrite(all.Select(t => t.Name == "model.norm.weight" ? (t.Name, [25L]) : t));
        Assert.Equal("[25]", Refused().Found);
        Rewrite(all.Append(("model.layers.0.self_attn.q_norm.weight", [6L])));
        Assert.Contains("q_norm", Refused().Place);
        Rewrite(all.Append(("lm_head.weight", [270L, 24]))); // the copy of a tied head is harmless
        HuggingFaceFolder.Open(_folder["m"]).Dispose();

        void Rewrite(IEnumerable<(string Name, long[] Shape)> tensors)
        {
            using var writer = new SafetensorsWriter(path, tensors.Select(t => (t.Name, SafetensorsType.Float32, (IReadOnlyList<long>)t.Shape)), new Dictionary<string, string>());
            foreach ((string name, long[] shape) in tensors)
            {
                writer.Write(name, new float[shape.Aggregate(1L, (a, b) => a * b)]);
            }

            writer.Commit();
        }
    }

    [Theory]
    [InlineData("../model.safetensors")]
    [InlineData("/etc/passwd")]
    [InlineData("..")]
    [InlineData("")]
    [InlineData("a\\b")]
    [InlineData("absent.safetensors")]
    public void Refuses_an_index_that_points_elsewhere(string file)
    {
        HuggingFaceFolder.Write(_folder["m"], new SampleModel(SampleModel.Llama(), 1).Package(), maxShardBytes: 20_000);
        string path = Path.Combine(_folder["m"], "model.safetensors.index.json");
        JsonObject index = Json("model.safetensors.index.json");
        index["weight_map"]!["model.norm.weight"] = file;
        File.WriteAllText(path, index.ToJsonString());
        Assert.Equal(path, Refused().Path);
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("generation_config.json")]
    [InlineData("tokenizer_config.json")]
    [InlineData("model.safetensors.index.json")]
    [InlineData("model-00001-of-*.safetensors")]
    public void A_file_cut_at_any_byte_or_with_a_flipped_bit_never_ends_in_another_exception(string name)
    {
        var model = new SampleModel(SampleModel.Llama() with { Layers = 1 }, 1);
        HuggingFaceFolder.Write(_folder["m"], model.Package(), maxShardBytes: 20_000);
        string path = Directory.GetFiles(_folder["m"], name).Single();
        byte[] whole = File.ReadAllBytes(path);
        int extent = Math.Min(whole.Length, 1_500); // of the weights, the header
        int refused = 0;
        for (int i = 0; i < extent; i += 3)
        {
            Try(whole[..i]);
            byte[] flipped = [.. whole];
            flipped[i] ^= (byte)(1 << (i % 8));
            Try(flipped);
        }

        Assert.InRange(refused, extent / 3, extent);

        void Try(byte[] bytes)
        {
            File.WriteAllBytes(path, bytes);
            try
            {
                using HuggingFaceFolder folder = HuggingFaceFolder.Open(_folder["m"]);
                folder.ReadParameter(new ParameterTable(folder.Config).FinalNorm, new float[folder.Config.Width]);
            }
            catch (ModelFormatException)
            {
                refused++;
            }
        }
    }

    [Theory]
    [InlineData("""{"add_bos_token":false}""", """{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}]}""", false)] // the first that says counts
    [InlineData("""{"add_bos_token":true}""", "null", true)]
    [InlineData("{}", """{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}]}""", true)]
    [InlineData("{}", """{"type":"Sequence","processors":[{"type":"ByteLevel"},{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}]}]}""", true)]
    [InlineData("{}", """{"type":"TemplateProcessing","single":[{"Sequence":{"id":"A","type_id":0}}]}""", false)]
    [InlineData("{}", """{"type":"ByteLevel"}""", true)] // nobody says: the tokens are ours, whose texts begin with a mark
    public void Says_whether_texts_begin_with_a_mark(string config, string postProcessor, bool adds)
    {
        HuggingFaceFolder.Write(_folder["m"], new SampleModel(SampleModel.Llama(), 1).Package());
        File.WriteAllText(Path.Combine(_folder["m"], "tokenizer_config.json"), config);
        string path = Path.Combine(_folder["m"], "tokenizer.json");
        JsonObject tokenizer = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        tokenizer["post_processor"] = JsonNode.Parse(postProcessor);
        File.WriteAllText(path, tokenizer.ToJsonString());
        using HuggingFaceFolder folder = HuggingFaceFolder.Open(_folder["m"]);
        TokenizerFiles files = folder.ReadTokenizer();
        Assert.Equal((0, adds), (files.BeginId, files.AddsBegin));
        Assert.False((files with { BeginId = null }).AddsBegin);
    }

    [Theory]
    [InlineData("tokenizer_config.json", "{\"chat_template\":7}")]
    [InlineData("tokenizer_config.json", "{\"chat_template\":[{\"name\":\"tools\",\"template\":\"x\"}]}")]
    [InlineData("tokenizer_config.json", "{\"chat_template\":[{\"name\":\"default\",\"template\":7}]}")]
    [InlineData("generation_config.json", "{\"eos_token_id\":\"2\"}")]
    [InlineData("generation_config.json", "{\"eos_token_id\":[1,-2]}")]
    [InlineData("model.safetensors.index.json", "{\"weight_map\":{\"\\ud800\":\"model-00001-of-00003.safetensors\"}}")]
    [InlineData("model.safetensors.index.json", "{\"weight_map\":{\"a\":7}}")]
    [InlineData("model.safetensors.index.json", "{}")]
    public void Refuses_wrong_values_in_the_small_files(string name, string json)
    {
        HuggingFaceFolder.Write(_folder["m"], new SampleModel(SampleModel.Llama() with { Layers = 1 }, 1).Package(), maxShardBytes: 20_000);
        File.WriteAllText(Path.Combine(_folder["m"], name), json);
        Assert.EndsWith(name, Refused().Path);
    }

    [Fact]
    public void The_default_of_several_chat_templates_is_taken()
    {
        HuggingFaceFolder.Write(_folder["m"], new SampleModel(SampleModel.Llama(), 1).Package());
        File.WriteAllText(Path.Combine(_folder["m"], "tokenizer_config.json"), """{"chat_template":[{"name":"tools","template":"x"},{"name":"default","template":"y"}]}""");
        using HuggingFaceFolder folder = HuggingFaceFolder.Open(_folder["m"]);
        Assert.Equal("y", folder.ChatTemplate);
    }

    private ModelFormatException Refused() => Assert.Throws<ModelFormatException>(() => HuggingFaceFolder.Open(_folder["m"]));

    private JsonObject Json(string name) => JsonNode.Parse(File.ReadAllBytes(Path.Combine(_folder["m"], name)))!.AsObject();

    private static void AssertHolds(string path, SampleModel model)
    {
        using HuggingFaceFolder folder = HuggingFaceFolder.Open(path);
        Assert.Equal(model.Config, folder.Config);
        var seen = new List<ParameterInfo>();
        var table = new ParameterTable(folder.Config);
        folder.ReadParameters(table, (parameter, values) =>
        {
            seen.Add(parameter);
            Assert.True(MemoryMarshal.AsBytes(values).SequenceEqual(MemoryMarshal.AsBytes(model.Values(parameter))), parameter.Name);
        });
        Assert.Equal(table.All, seen);
    }
}
