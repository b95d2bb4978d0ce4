using Lazuli.Contracts;
using Lazuli.Inference;
using Lazuli.Numerics;
using Lazuli.Testing;

namespace Lazuli.Models.Tests;

/// <summary>Log-likelihoods of given texts: against a plain reference, and to the bit whatever runs beside them.</summary>
public class ScoringTests
{
    // The double reference against float logits of two small blocks: measured 4e-5 at most.
    private const double Tolerance = 2e-4;

    private static CancellationToken TestEnd => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Scores_are_what_the_reference_says()
    {
        foreach (TinyModel tiny in (TinyModel[])[TinyModel.Llama(), TinyModel.Gpt2()])
        {
            int[] prompt = [0, 90, 91, 92, 17];
            int[][] continuations = [[93], [10, 11, 12], [200, 90], [.. Enumerable.Range(30, 40)]];
            await using InferenceEngine engine = tiny.Start(new InferenceOptions { PageTokens = 16, MaxSequences = 8, KeyValueFormat = KeyValueFormat.F32 });
            ScoreResult result = await engine.ScoreAsync(Request(prompt, continuations) with { TopLogProbabilities = 3 }, TestEnd);
            for (int i = 0; i < continuations.Length; i++)
            {
                double[][] logits = new UncachedTransformer(tiny).Logits([.. prompt, .. continuations[i]]);
                ContinuationScore score = result.Continuations[i];
                Assert.Equal(continuations[i], score.Tokens.Select(t => t.Token.Id));
                for (int t = 0; t < continuations[i].Length; t++)
                {
                    double[] row = logits[prompt.Length - 1 + t];
                    double logSum = row.Max() + Math.Log(row.Sum(l => Math.Exp(l - row.Max())));
                    int[] order = [.. Enumerable.Range(0, row.Length).OrderByDescending(id => row[id]).Take(3)];
                    ScoredToken token = score.Tokens[t];
                    Assert.Equal(row[continuations[i][t]] - logSum, token.Token.LogProbability, Tolerance);
                    Assert.Equal(order[0] == continuations[i][t], token.IsGreedy);
                    Assert.Equal(order, token.Likeliest.Select(l => l.Id));
                    Assert.All(token.Likeliest, (l, k) => Assert.Equal(row[order[k]] - logSum, l.LogProbability, Tolerance));
                }

                Assert.Equal(score.Tokens.Sum(t => t.Token.LogProbability), score.LogProbability);
            }

            Assert.Equal(5 + 1 + 3 + 2 + 40, result.Usage.PromptTokens);
        }
    }

    [Fact]
    public async Task What_the_model_writes_itself_is_greedy_and_scores_to_the_bit_what_it_said_then()
    {
        await using InferenceEngine engine = TinyModel.Letters().Start();
        var prompt = new GenerationPrompt.Text("abc");
        var told = new List<TokenLogProbability>();
        await foreach (GenerationEvent next in engine.GenerateAsync(new GenerationRequest { Prompt = prompt, MaxTokens = 20, Sampling = new SamplingOptions { Temperature = 0 }, TopLogProbabilities = 0 }, TestEnd))
        {
            if (next is GenerationEvent.TokenChosen chosen)
            {
                told.Add(chosen.Token);
            }
        }

        string text = string.Concat(told.Select(t => t.Text));
        ScoreResult result = await engine.ScoreAsync(new ScoreRequest { Prompt = prompt, Continuations = [new GenerationPrompt.Text(text), new GenerationPrompt.Text(text[..5] + "\u0001")] }, TestEnd);
        Assert.True(result.Continuations[0].IsGreedy);
        Assert.Equal(told.Select(t => t.LogProbability), result.Continuations[0].Tokens.Select(t => t.Token.LogProbability));
        Assert.False(result.Continuations[1].IsGreedy);
        Assert.Equal([true, true, true, true, true, false], result.Continuations[1].Tokens.Select(t => t.IsGreedy));
    }

    [Fact]
    public async Task Scores_are_the_same_alone_and_beside_others_at_any_chunk_size_and_from_cache()
    {
        TinyModel tiny = TinyModel.Letters();
        string prompt = "a prompt of some length, longer than a page of sixteen tokens";
        GenerationPrompt[] continuations = [.. Enumerable.Range(0, 12).Select(i => new GenerationPrompt.Text(new string((char)('a' + i), 1 + (i * 3))))];
        double[][] alone;
        await using (InferenceEngine engine = tiny.Start(new InferenceOptions { PageTokens = 16, MaxSequences = 8, ReusePrefixes = false }, threads: 1))
        {
            alone = new double[continuations.Length][];
            for (int i = 0; i < continuations.Length; i++)
            {
                alone[i] = Bits(await engine.ScoreAsync(new ScoreRequest { Prompt = new GenerationPrompt.Text(prompt), Continuations = [continuations[i]] }, TestEnd)).Single();
            }
        }

        foreach ((int threads, int prefill, int sequences) in new[] { (1, 256, 8), (2, 5, 3), (2, 64, 8), (1, 1, 2) })
        {
            await using InferenceEngine engine = tiny.Start(new InferenceOptions { PageTokens = 16, MaxSequences = sequences, PrefillTokensPerStep = prefill }, threads);
            Task<GenerationResult> beside = engine.GenerateWholeAsync(new GenerationRequest { Prompt = new GenerationPrompt.Text(prompt), MaxTokens = 40, Choices = 2, Sampling = new SamplingOptions { Seed = 4 } }, TestEnd);
            for (int round = 0; round < 2; round++)
            {
                ScoreResult together = await engine.ScoreAsync(new ScoreRequest { Prompt = new GenerationPrompt.Text(prompt), Continuations = continuations }, TestEnd);
                Assert.Equal(alone, Bits(together));
                Assert.True(round == 0 || together.Usage.CachedTokens > 0);
            }

            await beside;
        }
    }

    [Fact]
    public async Task Scores_are_the_same_after_pages_were_taken()
    {
        TinyModel tiny = TinyModel.Letters();
        int[] prompt = [.. Enumerable.Range(0, 40).Select(i => 10 + (i * 7 % 200))];
        int[][] rests = [[.. Enumerable.Range(50, 50)], [.. Enumerable.Range(100, 30)], [7]];
        var scores = new TokenScore[2][][];
        for (int round = 0; round < 2; round++)
        {
            using var bench = new SchedulerBench(tiny, pages: 8, prefillLimit: 6);
            var job = new ScoringJob(prompt, rests, [40, 45, 40], 0, new LogProbabilityReader(tiny.Config.VocabularySize), party: null, priority: 1);
            bench.Scheduler.Enqueue(job);
            for (int step = 0; step < 12; step++)
            {
                bench.Scheduler.Step();
            }

            if (round == 1)
            {
                bench.Scheduler.Enqueue(bench.Job(new string('x', 80), new RecordingSink(), maxNewTokens: 20));
            }

            bench.StepUntilIdle();
            Assert.Equal(round > 0, bench.Statistics.Preemptions > 0);
            scores[round] = [.. await job.Scores];
        }

        Assert.Equal([50, 25, 1], scores[0].Select(s => s.Length));
        Assert.Equal(scores[0].SelectMany(s => s).Select(s => (s.LogProbability, s.IsGreedy)), scores[1].SelectMany(s => s).Select(s => (s.LogProbability, s.IsGreedy)));
    }

    [Fact]
    public async Task The_prompt_is_fed_once_for_all_continuations()
    {
        await using InferenceEngine engine = TinyModel.Letters().Start(new InferenceOptions { PageTokens = 16, MaxSequences = 8, ReusePrefixes = false });
        int[] prompt = [.. Enumerable.Range(0, 81)]; // five pages and the token whose row scores the next
        int[][] continuations = [.. Enumerable.Range(0, 10).Select(i => new[] { 20 + i, 30 })];
        await engine.ScoreAsync(Request(prompt, continuations), TestEnd);
        Assert.Equal(81 + 10, engine.Statistics.PromptTokens - 9); // each but the first feeds the last of the prompt again, and its own first token
        Assert.Equal(0, engine.Statistics.GeneratedTokens);
    }

    [Fact]
    public async Task A_token_over_the_border_counts_to_the_continuation()
    {
        TinyModel tiny = TinyModel.Llama(vocabulary: SampleModel.Tokenizer.VocabularySize);
        await using InferenceEngine engine = InferenceEngine.Create(tiny.Load(), SampleModel.Tokenizer, new InferenceOptions { PageTokens = 16, MaxSequences = 4 });
        ScoreResult result = await engine.ScoreAsync(new ScoreRequest { Prompt = new GenerationPrompt.Text("in t"), Continuations = [new GenerationPrompt.Text("he"), new GenerationPrompt.Text("a"), new GenerationPrompt.Text("he end")] }, TestEnd);
        Assert.Equal([[" the"], ["a"], [" the", " ", "e", "n", "d"]], result.Continuations.Select(c => c.Tokens.Select(t => t.Token.Text)));

        // Token by token: the whole text's own tokens, with the same probabilities as where it is scored from its beginning.
        ScoreResult whole = await engine.ScoreAsync(new ScoreRequest { Continuations = [new GenerationPrompt.Text("in the end")] }, TestEnd);
        Assert.Equal(["<|endoftext|>", "i", "n", " the", " ", "e", "n", "d"], whole.Continuations[0].Tokens.Select(t => t.Token.Text));
        Assert.True(double.IsNaN(whole.Continuations[0].Tokens[0].Token.LogProbability));
        Assert.Equal(result.Continuations[2].Tokens.Select(t => t.Token.LogProbability), whole.Continuations[0].Tokens.Skip(3).Select(t => t.Token.LogProbability));
        Assert.Equal(whole.Continuations[0].Tokens.Skip(1).Sum(t => t.Token.LogProbability), whole.Continuations[0].LogProbability);
    }

    [Fact]
    public async Task What_cannot_be_scored_is_refused_clearly()
    {
        await using InferenceEngine engine = TinyModel.Llama(context: 32).Start();
        Assert.Equal(EngineRefusal.ContextLengthExceeded, (await Assert.ThrowsAsync<EngineRefusedException>(() => Score([1, 2], [.. new int[31]]))).Reason);
        await Score([1, 2], [.. new int[30]]);
        await Assert.ThrowsAsync<ArgumentException>(() => Score([1], []));
        await Assert.ThrowsAsync<ArgumentException>(() => Score([], [1]));
        await Assert.ThrowsAsync<ArgumentException>(() => Score([1], [261]));
        await Assert.ThrowsAsync<ArgumentException>(() => engine.ScoreAsync(Request([1], [[1]]) with { TopLogProbabilities = 21 }, TestEnd));
        await Assert.ThrowsAsync<ArgumentException>(() => engine.ScoreAsync(Request([1]), TestEnd));
        await Assert.ThrowsAsync<ArgumentException>(() => engine.ScoreAsync(new ScoreRequest { Prompt = new GenerationPrompt.Text("x"), Continuations = [new GenerationPrompt.Text("")] }, TestEnd));

        Task Score(int[] prompt, int[] continuation) => engine.ScoreAsync(Request(prompt, continuation), TestEnd);
    }

    [Fact]
    public async Task Logits_that_are_no_numbers_are_an_error_and_not_a_score()
    {
        await using InferenceEngine engine = TinyModel.Llama().Damaged().Start();
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() => engine.ScoreAsync(Request([1, 2], [3], [4, 5]), TestEnd));
        Assert.Contains("finite", error.Message, StringComparison.Ordinal);
        await EmbeddingTests.AllIsGivenBackAsync(engine);
    }

    [Fact]
    public async Task An_echo_tells_the_prompt_with_its_probabilities_and_goes_on_as_without()
    {
        await using InferenceEngine engine = TinyModel.Letters().Start();
        var request = new GenerationRequest { Prompt = new GenerationPrompt.Text("abc"), MaxTokens = 6, Sampling = new SamplingOptions { Temperature = 0 }, TopLogProbabilities = 1, Choices = 2 };
        List<GenerationEvent> plain = await CollectAsync(engine, request);
        List<GenerationEvent> echoed = await CollectAsync(engine, request with { Echo = true });
        ScoreResult scored = await engine.ScoreAsync(new ScoreRequest { Continuations = [request.Prompt], TopLogProbabilities = 1 }, TestEnd);
        for (int choice = 0; choice < 2; choice++)
        {
            Assert.Equal("abc" + Text(plain, choice), Text(echoed, choice));
            double[] before = [.. scored.Continuations[0].Tokens.Select(t => t.Token.LogProbability)];
            Assert.Equal([.. before, .. Chosen(plain, choice)], Chosen(echoed, choice));
        }

        Assert.Equal(((GenerationEvent.Completed)plain[^1]).Usage.CompletionTokens, ((GenerationEvent.Completed)echoed[^1]).Usage.CompletionTokens);
        var longPrompt = request with { Prompt = new GenerationPrompt.Text(new string('q', 60)), Echo = true };
        Assert.Equal([0, 48], new[] { await CollectAsync(engine, longPrompt), await CollectAsync(engine, longPrompt with { TopLogProbabilities = null }) }.Select(e => ((GenerationEvent.Completed)e[^1]).Usage.CachedTokens));
        List<GenerationEvent> only = await CollectAsync(engine, request with { Echo = true, MaxTokens = 0, Choices = 1 });
        Assert.Equal("abc", Text(only, 0));
        Assert.Equal(4, Chosen(only, 0).Count());
        Assert.Equal([new GenerationEvent.ChoiceFinished(0, FinishReason.Length), new GenerationEvent.Completed(new TokenUsage(4, 0, 0))], only[^2..]);
        List<GenerationEvent> ids = await CollectAsync(engine, request with { Prompt = new GenerationPrompt.Tokens([0, PlainBytes.FirstId + 'x', PlainBytes.FirstId + 'y']), Echo = true, MaxTokens = 0, Choices = 1, TopLogProbabilities = null });
        Assert.Equal([new GenerationEvent.TextDelta(0, "xy"), new GenerationEvent.ChoiceFinished(0, FinishReason.Length), new GenerationEvent.Completed(new TokenUsage(3, 0, 0))], ids);
        await Assert.ThrowsAsync<ArgumentException>(() => CollectAsync(engine, request with { MaxTokens = 0 }));
        EngineRefusedException tooLong = await Assert.ThrowsAsync<EngineRefusedException>(() => CollectAsync(engine, request with { Prompt = new GenerationPrompt.Text(new string('x', 127)), Echo = true, MaxTokens = 1 }));
        Assert.Equal(EngineRefusal.ContextLengthExceeded, tooLong.Reason);
        await CollectAsync(engine, request with { Prompt = new GenerationPrompt.Text(new string('x', 127)), Echo = true, MaxTokens = 0 });
    }

    [Fact]
    public async Task An_echo_tells_the_token_that_ends_it()
    {
        await using InferenceEngine engine = TinyModel.Indifferent().Start(); // takes the end of text at once
        var request = new GenerationRequest { Prompt = new GenerationPrompt.Text("abc"), MaxTokens = 1, Sampling = new SamplingOptions { Temperature = 0 }, TopLogProbabilities = 1 };
        Assert.Empty(Chosen(await CollectAsync(engine, request), 0));
        List<GenerationEvent> echoed = await CollectAsync(engine, request with { Echo = true });
        Assert.Equal(5, Chosen(echoed, 0).Count()); // what counts tokens from the end, as evaluations do, finds four of the prompt and one more
        Assert.Equal(-Math.Log(261), Chosen(echoed, 0).Last(), 1e-6);
        Assert.Equal("abc", Text(echoed, 0));
    }

    [Theory]
    [InlineData(GgufEncoding.Q8_0)]
    [InlineData(GgufEncoding.Q4_0)]
    [InlineData(GgufEncoding.F16)]
    public async Task Quantised_weights_give_the_same_bits_alone_and_together_too(GgufEncoding encoding)
    {
        using var scratch = new ScratchFolder();
        TinyModel tiny = TinyModel.Of(TinyModel.Llama(vocabulary: SampleModel.Tokenizer.VocabularySize).Config with { Width = 64, HeadSize = 16, FeedForwardWidth = 96 });
        GenerationPrompt[] texts = [.. Enumerable.Range(0, 6).Select(i => new GenerationPrompt.Text(new string((char)('a' + i), 4 + (i * 9))))];
        var alone = new List<double[]>();
        var vectors = new List<float[]>();
        await using (InferenceEngine engine = Start(new InferenceOptions { PageTokens = 16, MaxSequences = 2, PrefillTokensPerStep = 1, ReusePrefixes = false }))
        {
            foreach (GenerationPrompt text in texts)
            {
                alone.Add(Bits(await engine.ScoreAsync(new ScoreRequest { Continuations = [text] }, TestEnd)).Single());
                vectors.Add((await engine.EmbedAsync(new EmbeddingRequest { Inputs = [text] }, TestEnd)).Vectors[0].ToArray());
            }
        }

        await using (InferenceEngine engine = Start(new InferenceOptions { PageTokens = 16, MaxSequences = 8 }))
        {
            Task<EmbeddingResult> embedded = engine.EmbedAsync(new EmbeddingRequest { Inputs = texts }, TestEnd);
            ScoreResult scored = await engine.ScoreAsync(new ScoreRequest { Continuations = texts }, TestEnd);
            Assert.Equal(alone, Bits(scored));
            Assert.Equal(vectors, (await embedded).Vectors.Select(v => v.ToArray()));
        }

        InferenceEngine Start(InferenceOptions options) => InferenceEngine.Create(tiny.LoadMapped(scratch["tiny.gguf"], encoding), options);
    }

    [Fact]
    public async Task Work_is_counted_to_the_party_token_by_token_and_row_by_row()
    {
        TinyModel tiny = TinyModel.Letters();
        using var bench = new SchedulerBench(tiny);
        var flop = new InferenceFlop(tiny.Config);
        var scores = new ScoringJob([.. Enumerable.Range(0, 20)], [[1, 2, 3]], [20], 0, new LogProbabilityReader(tiny.Config.VocabularySize), new ComputeParty("p", "scores"), priority: 0);
        var vector = new EmbeddingJob([.. Enumerable.Range(0, 30)], EmbeddingPooling.Mean, tiny.Config.Width, tiny.Config.Width, new ComputeParty("p", "vector"), priority: 0);
        bench.Scheduler.Enqueue(scores);
        bench.Scheduler.Enqueue(vector);
        bench.StepUntilIdle();
        await Task.WhenAll(scores.Scores, vector.Vector);
        EngineWork scored = bench.Meter.Sums["scores"], embedded = bench.Meter.Sums["vector"];
        Assert.Equal((1, 22L, 0L), (scored.Requests, scored.PromptTokens, scored.GeneratedTokens)); // the last token is not fed
        Assert.Equal(Enumerable.Range(0, 22).Sum(flop.At) + (3 * flop.Head), scored.Flop, 1.0);
        Assert.Equal((1, 30L, 0L), (embedded.Requests, embedded.PromptTokens, embedded.GeneratedTokens));
        Assert.Equal(Enumerable.Range(0, 30).Sum(flop.At), embedded.Flop, 1.0);
    }

    [Fact]
    public void A_step_of_scoring_and_embedding_allocates_nothing()
    {
        TinyModel tiny = TinyModel.Letters();
        using var bench = new SchedulerBench(tiny, prefillLimit: 2, threads: 2);
        bench.Scheduler.Enqueue(new ScoringJob([.. Enumerable.Range(0, 5)], [[.. Enumerable.Range(5, 110)]], [5], 0, new LogProbabilityReader(tiny.Config.VocabularySize), party: null, priority: 0));
        bench.Scheduler.Enqueue(new EmbeddingJob([.. Enumerable.Range(0, 120)], EmbeddingPooling.Mean, tiny.Config.Width, tiny.Config.Width, party: null, priority: 0));
        Step(20);
        ThreadAllocations counted = ThreadAllocations.Start();
        Step(30);
        Assert.Equal(0, counted.Bytes);
        Assert.Equal(2, bench.Statistics.RunningSequences);

        void Step(int count)
        {
            for (int i = 0; i < count; i++)
            {
                bench.Scheduler.Step();
            }
        }
    }

    [Fact]
    public async Task Cancelling_frees_slots_and_pages()
    {
        await using InferenceEngine engine = TinyModel.Llama().Start(new InferenceOptions { PageTokens = 16, MaxSequences = 2, PrefillTokensPerStep = 1, ReusePrefixes = false });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestEnd);
        Task<ScoreResult> running = engine.ScoreAsync(Request([.. new int[100]], [.. Enumerable.Repeat((int[])[.. new int[25]], 30)]), stop.Token);
        while (engine.Statistics.RunningSequences == 0)
        {
            await Task.Yield();
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await EmbeddingTests.AllIsGivenBackAsync(engine);
    }

    private static ScoreRequest Request(int[] prompt, params int[][] continuations) =>
        new() { Prompt = new GenerationPrompt.Tokens(prompt), Continuations = [.. continuations.Select(c => new GenerationPrompt.Tokens(c))] };

    private static double[][] Bits(ScoreResult result) => [.. result.Continuations.Select(c => c.Tokens.Select(t => t.Token.LogProbability).ToArray())];

    private static async Task<List<GenerationEvent>> CollectAsync(InferenceEngine engine, GenerationRequest request)
    {
        var events = new List<GenerationEvent>();
        await foreach (GenerationEvent next in engine.GenerateAsync(request, TestEnd))
        {
            events.Add(next);
        }

        return events;
    }

    private static string Text(List<GenerationEvent> events, int choice) => string.Concat(events.OfType<GenerationEvent.TextDelta>().Where(t => t.Choice == choice).Select(t => t.Text));

    private static IEnumerable<double> Chosen(List<GenerationEvent> events, int choice) => events.OfType<GenerationEvent.TokenChosen>().Where(t => t.Choice == choice).Select(t => t.Token.LogProbability);
}
