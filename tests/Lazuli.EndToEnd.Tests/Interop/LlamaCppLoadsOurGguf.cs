using System.Text.Json;
using System.Text.Json.Nodes;
using Lazuli.Contracts;
using Lazuli.Inference;
using Lazuli.Models;
using Lazuli.Numerics;

namespace Lazuli.EndToEnd.Tests;

/// <summary>llama.cpp, through the npm package node-llama-cpp, loads the GGUF files we write and computes what we compute.</summary>
public sealed class LlamaCppLoadsOurGguf : IDisposable
{
    private const int Greedy = 24;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lazuli-interop-");

    public void Dispose() => _folder.Delete(recursive: true);

    // Bounds on the largest difference of a logit (they span about ±10). F32: sums of floats in another order, and for GPT-2 llama.cpp's GELU, which looks up
    // a table of 16-bit floats. F16 and Q8_0: llama.cpp also rounds activations to 16 or 8 bits before each product, which our reference does not.
    [Theory]
    [InlineData("llama", GgufEncoding.F32, 1e-4)]
    [InlineData("llama-untied", GgufEncoding.F32, 1e-4)]
    [InlineData("llama-wide-heads", GgufEncoding.F32, 1e-4)]
    [InlineData("gpt2", GgufEncoding.F32, 0.03)]
    [InlineData("llama", GgufEncoding.F16, 0.05)]
    [InlineData("gpt2", GgufEncoding.F16, 0.05)]
    [InlineData("llama", GgufEncoding.Q8_0, 0.6)]
    [InlineData("gpt2", GgufEncoding.Q8_0, 0.6)]
    public async Task The_same_logits_come_out(string kind, GgufEncoding encoding, double bound)
    {
        NodeProgram.SkipUnlessInstalled("node-llama-cpp", "@node-llama-cpp/linux-x64");
        InteropModel model = InteropModel.OfKind(kind);
        int[] ids = [0, .. model.Encode(InteropModel.Texts[0])];
        JsonObject answer = await AskAsync(model, encoding, ids, greedy: 0);

        double[][] ours = new ReferenceForward(model.Table, p => Stored(model, p, encoding)).Logits(ids);
        double[][] theirs = answer["logits"].Items<double[]>();
        Assert.Equal((ids.Length, model.Config.VocabularySize), (theirs.Length, theirs[0].Length));
        double worst = ours.Zip(theirs, (o, t) => o.Zip(t, (a, b) => Math.Abs(a - b)).Max()).Max();
        TestContext.Current.TestOutputHelper!.WriteLine($"{kind} {encoding}: largest difference of a logit {worst:E2}; largest logit {ours.Max(r => r.Max()):F1}");
        Assert.InRange(worst, 0, bound);
        Assert.True(ours.Max(r => r.Max()) > 5, "the logits are too flat to tell anything");
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("llama-untied")]
    [InlineData("gpt2")]
    public async Task Our_engine_and_llama_cpp_continue_alike(string kind)
    {
        NodeProgram.SkipUnlessInstalled("node-llama-cpp", "@node-llama-cpp/linux-x64");
        InteropModel model = InteropModel.OfKind(kind);
        int[] ids = [0, .. model.Encode(InteropModel.Texts[2])];
        JsonObject answer = await AskAsync(model, GgufEncoding.F32, ids, Greedy);
        int[] theirs = answer["continuation"].Items<int>();

        await using InferenceEngine engine = InferenceEngine.Create(InferenceModel.Load(new CpuBackend(1), model.Config, model.Package.Parameters), model.Tokenizer);
        GenerationResult result = await engine.GenerateWholeAsync(
            new GenerationRequest { Prompt = new GenerationPrompt.Tokens(ids), MaxTokens = Greedy, Sampling = new SamplingOptions { Temperature = 0 } },
            TestContext.Current.CancellationToken);

        // An engine stops at a mark and adds no text for it, so theirs is cut there too.
        int[] spoken = [.. theirs.TakeWhile(id => id < model.Tokenizer.VocabularySize && !model.Tokenizer.SpecialTokens.Values.Contains(id))];
        string text = System.Text.Encoding.UTF8.GetString(model.Tokenizer.Decode(spoken));
        TestContext.Current.TestOutputHelper!.WriteLine($"{kind}: {spoken.Length} tokens: {JsonSerializer.Serialize(text)}");
        Assert.True(spoken.Length >= 4, "too short a text to tell anything");
        Assert.Equal(text, result.Text);
    }

    // llama.cpp keeps keys and values in 16 bits here; its vectors have any length.
    [Theory]
    [InlineData("llama", PoolingKind.Mean)]
    [InlineData("llama", PoolingKind.Last)]
    [InlineData("llama", PoolingKind.First)]
    [InlineData("llama-wide-heads", PoolingKind.Mean)]
    public async Task The_same_vectors_come_out_pooled_as_the_file_says(string kind, PoolingKind pooling)
    {
        NodeProgram.SkipUnlessInstalled("node-llama-cpp", "@node-llama-cpp/linux-x64");
        string path = Path.Combine(_folder.FullName, "embed.gguf");
        GgufFile.Write(path, InteropModel.OfKind(kind).Package with { Pooling = pooling }, GgufEncoding.F32);
        string[] texts = [InteropModel.Texts[0], InteropModel.Texts[2], InteropModel.Texts[4]];
        JsonObject answer = await NodeProgram.AskAsync("llama-cpp-probe.mjs", new JsonObject { ["model"] = path, ["embed"] = JsonSerializer.SerializeToNode(texts) }, TestContext.Current.CancellationToken);
        double[][] theirs = answer["vectors"].Items<double[]>();

        await using InferenceEngine engine = InferenceEngine.Create(InferenceModel.Open(path, new CpuBackend(1)));
        EmbeddingResult ours = await engine.EmbedAsync(new EmbeddingRequest { Inputs = [.. texts.Select(t => new GenerationPrompt.Text(t))] }, TestContext.Current.CancellationToken);
        for (int i = 0; i < texts.Length; i++)
        {
            double length = Math.Sqrt(theirs[i].Sum(v => v * v));
            double worst = ours.Vectors[i].ToArray().Zip(theirs[i], (o, t) => Math.Abs(o - (t / length))).Max();
            TestContext.Current.TestOutputHelper!.WriteLine($"{kind} {pooling}: largest difference {worst:E2}");
            Assert.InRange(worst, 0, 2e-3);
        }
    }

    [Theory]
    [InlineData(SplitRule.Gpt2)]
    [InlineData(SplitRule.LlamaBpe)]
    [InlineData(SplitRule.Qwen2)]
    [InlineData(SplitRule.O200k)]
    public async Task The_same_tokens_come_out(SplitRule split)
    {
        NodeProgram.SkipUnlessInstalled("node-llama-cpp", "@node-llama-cpp/linux-x64");
        InteropModel model = InteropModel.OfKind("llama", split);
        JsonObject answer = await AskAsync(model, GgufEncoding.F16, [0], greedy: 0);
        int[][] theirs = answer["ids"].Items<int[]>();
        for (int i = 0; i < InteropModel.Texts.Length; i++)
        {
            // llama.cpp writes o200k's classes of letters down without combining marks, so it alone cuts before one.
            if (split != SplitRule.O200k || !InteropModel.Texts[i].Contains('\u0301', StringComparison.Ordinal))
            {
                Assert.Equal(model.Encode(InteropModel.Texts[i]), theirs[i]);
            }
        }
    }

    [Theory]
    [InlineData("llama", "llama", GgufEncoding.Q8_0, 7)]
    [InlineData("gpt2", "gpt2", GgufEncoding.F32, 0)]
    public async Task The_metadata_is_understood(string kind, string architecture, GgufEncoding encoding, int fileType)
    {
        NodeProgram.SkipUnlessInstalled("node-llama-cpp", "@node-llama-cpp/linux-x64");
        InteropModel model = InteropModel.OfKind(kind);
        JsonObject answer = await AskAsync(model, encoding, [0], greedy: 0);
        Assert.Equal((architecture, fileType, 256), ((string)answer["architecture"]!, (int)answer["fileType"]!, (int)answer["trainContextSize"]!));
        int endOfText = model.Tokenizer.SpecialTokens[ChatTemplate.EndOfText];
        int endOfTurn = model.Tokenizer.SpecialTokens[ChatTemplate.EndOfTurn];
        Assert.Equal((endOfText, endOfTurn, endOfTurn, true), ((int)answer["bos"]!, (int)answer["eos"]!, (int)answer["eot"]!, (bool)answer["prependsBos"]!));
        Assert.Equal(new[] { endOfText, endOfTurn }.Order(), answer["endsAt"].Items<int>().Order());
        Assert.Equal(ChatTemplate.Jinja, (string)answer["chatTemplate"]!);
    }

    private async Task<JsonObject> AskAsync(InteropModel model, GgufEncoding encoding, int[] ids, int greedy)
    {
        string path = Path.Combine(_folder.FullName, $"{Guid.NewGuid():N}.gguf");
        GgufFile.Write(path, model.Package, encoding);
        return await NodeProgram.AskAsync(
            "llama-cpp-probe.mjs",
            new JsonObject
            {
                ["model"] = path,
                ["texts"] = JsonSerializer.SerializeToNode(InteropModel.Texts),
                ["ids"] = JsonSerializer.SerializeToNode(ids),
                ["special"] = JsonSerializer.SerializeToNode(model.Tokenizer.SpecialTokens.Values),
                ["greedy"] = greedy,
            },
            TestContext.Current.CancellationToken);
    }

    /// <summary>A parameter's values after a round trip through the encoding.</summary>
    private static float[] Stored(InteropModel model, ParameterInfo parameter, GgufEncoding encoding)
    {
        float[] values = model.Values(parameter);
        if (encoding == GgufEncoding.F32 || !parameter.IsMatrix || parameter.Role == ParameterRole.PositionEmbedding)
        {
            return values;
        }

        return encoding == GgufEncoding.F16 || parameter.Columns % 32 != 0
            ? [.. values.Select(v => (float)(Half)v)]
            : [.. values.Chunk(32).SelectMany(block =>
            {
                float scale = block.Max(MathF.Abs) / 127;
                return block.Select(v => (float)(Half)scale * MathF.Round(v / scale, MidpointRounding.AwayFromZero));
            })];
    }
}
