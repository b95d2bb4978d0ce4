using Lazuli.Contracts;
using Lazuli.Inference;
using Lazuli.Numerics;
using Lazuli.Testing;

namespace Lazuli.Models.Tests;

/// <summary>Vectors of texts: against a plain reference, and to the bit whatever runs beside them.</summary>
public class EmbeddingTests
{
    // Float sums over some hundred terms in two small blocks: relative errors of 1e-5 at most, measured 2e-6.
    private const double Tolerance = 1e-5;

    private static CancellationToken TestEnd => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(EmbeddingPooling.Mean)]
    [InlineData(EmbeddingPooling.First)]
    [InlineData(EmbeddingPooling.Last)]
    public async Task A_vector_is_what_the_reference_says(EmbeddingPooling pooling)
    {
        foreach (TinyModel tiny in (TinyModel[])[TinyModel.Llama(), TinyModel.Gpt2()])
        {
            int[] ids = [0, 90, 91, 7, 200, 33, 90];
            double[][] states = new UncachedTransformer(tiny).States(ids);
            double[] expected = pooling switch
            {
                EmbeddingPooling.Mean => [.. Enumerable.Range(0, tiny.Config.Width).Select(c => states.Average(s => s[c]))],
                EmbeddingPooling.First => states[0],
                _ => states[^1],
            };
            double length = Math.Sqrt(expected.Sum(v => v * v));
            await using InferenceEngine engine = tiny.Start(new InferenceOptions { PageTokens = 16, MaxSequences = 8, KeyValueFormat = KeyValueFormat.F32 });
            EmbeddingResult result = await engine.EmbedAsync(new EmbeddingRequest { Inputs = [new GenerationPrompt.Tokens(ids)], Pooling = pooling }, TestEnd);
            float[] vector = result.Vectors.Single().ToArray();
            Assert.Equal(tiny.Config.Width, vector.Length);
            Assert.All(vector, (v, c) => Assert.Equal(expected[c] / length, v, Tolerance));
            Assert.Equal(1, vector.Sum(v => (double)v * v), 1e-6);
            Assert.Equal(new TokenUsage(7, 0, 0), result.Usage);
        }
    }

    [Theory]
    [InlineData(EmbeddingPooling.Mean)]
    [InlineData(EmbeddingPooling.Last)]
    public async Task A_vector_is_the_same_alone_and_beside_others_at_any_chunk_size_and_from_cache(EmbeddingPooling pooling)
    {
        TinyModel tiny = TinyModel.Letters();
        GenerationPrompt[] inputs = [.. Enumerable.Range(0, 20).Select(i => new GenerationPrompt.Text("the same beginning of them all " + new string((char)('a' + i), 1 + (i * 4))))];
        float[][] alone = new float[inputs.Length][];
        await using (InferenceEngine engine = tiny.Start(new InferenceOptions { PageTokens = 16, MaxSequences = 8, ReusePrefixes = false }, threads: 1))
        {
            for (int i = 0; i < inputs.Length; i++)
            {
                alone[i] = (await engine.EmbedAsync(Request(inputs[i]), TestEnd)).Vectors[0].ToArray();
            }
        }

        foreach ((int threads, int prefill, int sequences) in new[] { (1, 256, 8), (2, 5, 3), (2, 64, 8), (1, 1, 2) })
        {
            await using InferenceEngine engine = tiny.Start(new InferenceOptions { PageTokens = 16, MaxSequences = sequences, PrefillTokensPerStep = prefill }, threads);
            Task<GenerationResult> beside = engine.GenerateWholeAsync(new GenerationRequest { Prompt = inputs[3], MaxTokens = 60, Sampling = new SamplingOptions { Temperature = 0 } }, TestEnd);
            for (int round = 0; round < 2; round++) // the second finds pages in the cache
            {
                EmbeddingResult all = await engine.EmbedAsync(Request(inputs), TestEnd);
                Assert.All(all.Vectors, (vector, i) => Assert.Equal(alone[i], vector.ToArray()));
                Assert.True(round == 0 || pooling == EmbeddingPooling.Mean || all.Usage.CachedTokens > 0);
            }

            await beside;
        }

        EmbeddingRequest Request(params GenerationPrompt[] texts) => new() { Inputs = texts, Pooling = pooling };
    }

    [Theory]
    [InlineData(EmbeddingPooling.Mean, false)]
    [InlineData(EmbeddingPooling.Mean, true)]
    [InlineData(EmbeddingPooling.Last, true)]
    public async Task A_vector_is_the_same_after_its_pages_were_taken(EmbeddingPooling pooling, bool reusePrefixes)
    {
        int[] ids = [.. Enumerable.Range(0, 90).Select(i => 10 + (i * 7 % 200))];
        TinyModel tiny = TinyModel.Letters();
        float[][] vectors = new float[2][];
        for (int round = 0; round < 2; round++)
        {
            // Four rows a step: the text takes 23 steps. Meanwhile something of higher priority comes and needs all pages.
            using var bench = new SchedulerBench(tiny, pages: 8, prefillLimit: 4, reusePrefixes: reusePrefixes);
            var job = new EmbeddingJob(ids, pooling, tiny.Config.Width, tiny.Config.Width, party: null, priority: 1);
            bench.Scheduler.Enqueue(job);
            for (int step = 0; step < 15; step++)
            {
                bench.Scheduler.Step();
            }

            if (round == 1)
            {
                bench.Scheduler.Enqueue(bench.Job(new string('x', 80), new RecordingSink(), maxNewTokens: 20));
            }

            bench.StepUntilIdle();
            Assert.Equal(round, bench.Statistics.Preemptions);
            vectors[round] = await job.Vector;
        }

        Assert.Equal(vectors[0], vectors[1]);
    }

    [Fact]
    public async Task More_inputs_than_the_queue_holds_are_one_request()
    {
        await using InferenceEngine engine = TinyModel.Llama().Start(new InferenceOptions { PageTokens = 16, MaxSequences = 4, MaxQueuedRequests = 20 });
        EmbeddingResult result = await engine.EmbedAsync(new EmbeddingRequest { Inputs = [.. Enumerable.Range(0, 300).Select(i => new GenerationPrompt.Text($"text {i}"))] }, TestEnd);
        Assert.Equal(300, result.Vectors.Select(v => string.Join(' ', v.ToArray())).Distinct().Count());
        Assert.Equal((300 * "_text ".Length) + 10 + (90 * 2) + (200 * 3), result.Usage.PromptTokens); // the mark at the beginning; numbers of one, two, three digits
        Assert.Equal((0, 0L), (engine.Statistics.RunningSequences, engine.Statistics.GeneratedTokens));
    }

    [Fact]
    public async Task What_cannot_be_embedded_is_refused_clearly()
    {
        await using InferenceEngine engine = TinyModel.Llama(context: 32).Start();
        EngineRefusedException tooLong = await Assert.ThrowsAsync<EngineRefusedException>(() => Embed(new GenerationPrompt.Text("fine"), new GenerationPrompt.Text(new string('x', 32))));
        Assert.Equal(EngineRefusal.ContextLengthExceeded, tooLong.Reason);
        Assert.Contains("input 1 has 33", tooLong.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => Embed(new GenerationPrompt.Text("")));
        await Assert.ThrowsAsync<ArgumentException>(() => Embed(new GenerationPrompt.Tokens([])));
        await Assert.ThrowsAsync<ArgumentException>(() => Embed(new GenerationPrompt.Tokens([261])));
        await Assert.ThrowsAsync<ArgumentException>(() => Embed(new GenerationPrompt.Chat([new ChatMessage("user", "hello")])));
        var request = new EmbeddingRequest { Inputs = [new GenerationPrompt.Text("fine")] };
        await Assert.ThrowsAsync<ArgumentException>(() => engine.EmbedAsync(request with { Dimensions = 0 }, TestEnd));
        await Assert.ThrowsAsync<ArgumentException>(() => engine.EmbedAsync(request with { Dimensions = 25 }, TestEnd));
        await Assert.ThrowsAsync<ArgumentException>(() => engine.EmbedAsync(request with { Pooling = (EmbeddingPooling)9 }, TestEnd));
        EngineRefusedException shorter = await Assert.ThrowsAsync<EngineRefusedException>(() => engine.EmbedAsync(request with { Dimensions = 8 }, TestEnd));
        Assert.Equal(EngineRefusal.DimensionsNotSupported, shorter.Reason);
        Assert.Equal(24, (await engine.EmbedAsync(request with { Dimensions = 24 }, TestEnd)).Vectors[0].Length);

        Task Embed(params GenerationPrompt[] inputs) => engine.EmbedAsync(new EmbeddingRequest { Inputs = inputs }, TestEnd);
    }

    [Fact]
    public async Task Results_that_are_no_numbers_are_an_error_and_others_go_on()
    {
        await using InferenceEngine engine = TinyModel.Llama().Damaged().Start();
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() => engine.EmbedAsync(new EmbeddingRequest { Inputs = [new GenerationPrompt.Text("hello")] }, TestEnd));
        Assert.Contains("finite", error.Message, StringComparison.Ordinal);
        await using InferenceEngine flat = TinyModel.Indifferent().Start();
        EmbeddingResult zero = await flat.EmbedAsync(new EmbeddingRequest { Inputs = [new GenerationPrompt.Text("hello")] }, TestEnd);
        Assert.All(zero.Vectors[0].ToArray(), v => Assert.Equal(0, v)); // a vector without a direction has no length to give it
    }

    /// <summary>Waits until nothing holds a slot or a page; requests are told that they are over a moment before.</summary>
    internal static async Task AllIsGivenBackAsync(InferenceEngine engine)
    {
        for (int i = 0; engine.Statistics.RunningSequences > 0 || engine.Statistics.FreePages < engine.Statistics.TotalPages; i++)
        {
            Assert.True(i < 10_000, $"Slots or pages are lost: {engine.Statistics}");
            await Task.Delay(1, TestEnd);
        }
    }

    [Fact]
    public async Task Cancelling_frees_slots_and_pages()
    {
        await using InferenceEngine engine = TinyModel.Llama().Start(new InferenceOptions { PageTokens = 16, MaxSequences = 2, PrefillTokensPerStep = 1, ReusePrefixes = false });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestEnd);
        Task<EmbeddingResult> running = engine.EmbedAsync(new EmbeddingRequest { Inputs = [.. Enumerable.Range(0, 40).Select(i => new GenerationPrompt.Text(new string('x', 100)))] }, stop.Token);
        while (engine.Statistics.RunningSequences == 0)
        {
            await Task.Yield();
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await AllIsGivenBackAsync(engine);
    }

    [Theory]
    [InlineData(PoolingKind.Mean, true)]
    [InlineData(PoolingKind.First, false)]
    [InlineData(PoolingKind.Last, true)]
    public void Files_keep_how_texts_become_vectors(PoolingKind pooling, bool canShorten)
    {
        using var folder = new TemporaryFolder();
        TinyModel tiny = TinyModel.Llama(vocabulary: SampleModel.Tokenizer.VocabularySize);
        var package = new ModelPackage
        {
            Config = tiny.Config,
            Parameters = (parameter, destination) => tiny.Values(parameter).CopyTo(destination),
            Tokenizer = TokenizerFiles.Of(SampleModel.Tokenizer) with { AddedEndId = 4 },
            Pooling = pooling,
            CanShortenEmbeddings = canShorten,
            Provenance = new ModelProvenance { Name = "tiny", License = "MIT" },
        };
        GgufFile.Write(folder["tiny.gguf"], package, GgufEncoding.F32);
        using GgufModelFile file = GgufModelFile.Open(folder["tiny.gguf"]);
        Assert.Equal((pooling, canShorten, true, 4), (file.Pooling, file.CanShortenEmbeddings, file.AddsEnd, file.EndId));
        file.WriteAs(folder["small.gguf"], GgufEncoding.Q8_0);
        using GgufModelFile small = GgufModelFile.Open(folder["small.gguf"]);
        Assert.Equal((pooling, canShorten, true, 4), (small.Pooling, small.CanShortenEmbeddings, small.AddsEnd, small.EndId));
        HuggingFaceFolder.Write(folder["hf"], package);
        HuggingFaceText text = HuggingFaceText.Open(folder["hf"]);
        Assert.Equal((pooling, canShorten), (text.Pooling, text.CanShortenEmbeddings));

        GgufFile.Write(folder["plain.gguf"], package with { Pooling = null, CanShortenEmbeddings = false, Tokenizer = TokenizerFiles.Of(SampleModel.Tokenizer) }, GgufEncoding.F32);
        using GgufModelFile plain = GgufModelFile.Open(folder["plain.gguf"]);
        Assert.Equal((null, false, false), (plain.Pooling, plain.CanShortenEmbeddings, plain.AddsEnd));
    }

    [Fact]
    public async Task A_folder_says_how_its_texts_become_vectors()
    {
        using var folder = new TemporaryFolder();
        string path = folder["model"];
        TinyModel tiny = TinyModel.Llama(vocabulary: SampleModel.Tokenizer.VocabularySize);
        HuggingFaceFolder.Write(path, new ModelPackage
        {
            Config = tiny.Config,
            Parameters = (parameter, destination) => tiny.Values(parameter).CopyTo(destination),
            Tokenizer = TokenizerFiles.Of(SampleModel.Tokenizer),
            Provenance = new ModelProvenance { Name = "tiny", License = "MIT" },
        });
        await using (InferenceEngine plain = Open())
        {
            Assert.Equal((EmbeddingPooling.Mean, false, 2), (plain.DefaultPooling, plain.CanShortenEmbeddings, plain.CountInputTokens(new GenerationPrompt.Text("x"))));
        }

        Edit("config.json", "{", "{\"is_matryoshka\": true,");
        Directory.CreateDirectory(Path.Combine(path, "1_Pooling"));
        await File.WriteAllTextAsync(Path.Combine(path, "1_Pooling", "config.json"), """{"word_embedding_dimension": 24, "pooling_mode_cls_token": false, "pooling_mode_lasttoken": true}""", TestEnd);
        float[] whole;
        await using (InferenceEngine said = Open())
        {
            Assert.Equal((EmbeddingPooling.Last, true), (said.DefaultPooling, said.CanShortenEmbeddings));
            whole = (await said.EmbedAsync(new EmbeddingRequest { Inputs = [new GenerationPrompt.Text("x")] }, TestEnd)).Vectors[0].ToArray();
            float[] cut = (await said.EmbedAsync(new EmbeddingRequest { Inputs = [new GenerationPrompt.Text("x")], Dimensions = 6 }, TestEnd)).Vectors[0].ToArray();
            double length = Math.Sqrt(whole[..6].Sum(v => (double)v * v));
            Assert.Equal(6, cut.Length);
            Assert.All(cut, (v, c) => Assert.Equal(whole[c] / length, v, 1e-6));
        }

        // Such models often add a mark at the end, whose state is the vector.
        string tokenizer = await File.ReadAllTextAsync(Path.Combine(path, "tokenizer.json"), TestEnd);
        int at = tokenizer.IndexOf("\"post_processor\"", StringComparison.Ordinal);
        Assert.True(at > 0);
        int end = tokenizer.IndexOf("\"decoder\"", at, StringComparison.Ordinal);
        const string Template = """
            "post_processor": {"type": "Sequence", "processors": [{"type": "ByteLevel"}, {"type": "TemplateProcessing",
              "single": [{"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "<|endoftext|>", "type_id": 0}}], "pair": [], "special_tokens": {}}]},
            """;
        await File.WriteAllTextAsync(Path.Combine(path, "tokenizer.json"), string.Concat(tokenizer.AsSpan(0, at), Template, tokenizer.AsSpan(end)), TestEnd);
        await using (InferenceEngine marked = Open())
        {
            Assert.Equal(3, marked.CountInputTokens(new GenerationPrompt.Text("x")));
            Assert.Equal(2, marked.CountPromptTokens(new GenerationPrompt.Text("x"))); // nobody would go on after the end
            Assert.NotEqual(whole, (await marked.EmbedAsync(new EmbeddingRequest { Inputs = [new GenerationPrompt.Text("x")] }, TestEnd)).Vectors[0].ToArray());
        }

        foreach (string wrong in (string[])["""{"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": true}""", """{"pooling_mode_max_tokens": true}""", """{"pooling_mode_lasttoken": 1}""", "{}", "[", ""])
        {
            await File.WriteAllTextAsync(Path.Combine(path, "1_Pooling", "config.json"), wrong, TestEnd);
            Assert.Throws<ModelFormatException>(() => HuggingFaceFolder.Open(path));
        }

        InferenceEngine Open() => InferenceEngine.Create(InferenceModel.Open(path, new CpuBackend(1)));

        void Edit(string name, string from, string to)
        {
            string text = File.ReadAllText(Path.Combine(path, name));
            int start = text.IndexOf(from, StringComparison.Ordinal);
            File.WriteAllText(Path.Combine(path, name), string.Concat(text.AsSpan(0, start), to, text.AsSpan(start + from.Length)));
        }
    }
}
