using System.Text;
using Lazuli.Contracts;
using Lazuli.Inference;
using Lazuli.Numerics;

namespace Lazuli.Models.Tests;

/// <summary>An answer, and the probabilities that the model gave its tokens, are the same to the bit whatever happens around them.</summary>
public class BitEqualityTests
{
    private const int Length = 60;

    /// <summary>Texts that repeat themselves, so that guesses come true, and texts that do not.</summary>
    public static TheoryData<double> Temperatures => [0, 0.3, 1];

    [Theory]
    [MemberData(nameof(Temperatures))]
    public void Alone_and_beside_fifteen_others(double temperature)
    {
        string[] alone = Run(new Setting(), temperature);
        Assert.Equal(alone, Run(new Setting(Others: 15, Slots: 16), temperature));
        Assert.Equal(alone, Run(new Setting(Others: 15, Slots: 16, Speculate: true), temperature));
    }

    [Theory]
    [MemberData(nameof(Temperatures))]
    public void At_any_chunk_size(double temperature)
    {
        string[] whole = Run(new Setting(), temperature);
        foreach (int chunk in (int[])[1, 2, 3, 5, 16, 17, 31])
        {
            Assert.Equal(whole, Run(new Setting(Chunk: chunk, Others: 2), temperature));
        }
    }

    [Theory]
    [MemberData(nameof(Temperatures))]
    public void After_preemption(double temperature)
    {
        string[] calm = Run(new Setting(), temperature);
        string[] pressed = Run(new Setting(Others: 3, Pages: 10), temperature, out EngineStatistics statistics);
        Assert.Equal(calm, pressed);
        Assert.True(statistics.Preemptions > 0);
        pressed = Run(new Setting(Others: 3, Pages: 10, Reuse: true, Speculate: true), temperature, out statistics);
        Assert.Equal(calm, pressed);
        Assert.True(statistics.Preemptions > 0);
    }

    [Theory]
    [MemberData(nameof(Temperatures))]
    public void From_cache(double temperature)
    {
        string[] fed = Run(new Setting(), temperature);
        string[] reused = Run(new Setting(Reuse: true, Before: true), temperature, out EngineStatistics statistics);
        Assert.Equal(fed, reused);
        Assert.True(statistics.PromptTokens < 4 * 51, "The prompts were fed again.");
    }

    [Theory]
    [MemberData(nameof(Temperatures))]
    public void With_speculation_on_or_off(double temperature)
    {
        string[] off = Run(new Setting(), temperature);
        string[] on = Run(new Setting(Speculate: true), temperature, out EngineStatistics statistics);
        Assert.Equal(off, on);
        Assert.True(statistics.DraftedTokens > 0);
        Assert.InRange(statistics.AcceptedTokens, temperature == 0 ? 1 : 0, statistics.DraftedTokens);
        Assert.Equal(2 * Length, statistics.GeneratedTokens);
    }

    /// <summary>Kernels for one row, two, a few and many are different code in these formats.</summary>
    [Theory]
    [InlineData(GgufEncoding.F16, KeyValueFormat.F16)]
    [InlineData(GgufEncoding.Q8_0, KeyValueFormat.F16)]
    [InlineData(GgufEncoding.Q8_0, KeyValueFormat.Q8_0)]
    [InlineData(GgufEncoding.Q4_0, KeyValueFormat.Q8_0)]
    [InlineData(GgufEncoding.Q4_K_M, KeyValueFormat.F16)]
    public void From_stored_weights_whatever_happens(GgufEncoding encoding, KeyValueFormat keyValues)
    {
        using var folder = new TemporaryFolder();
        TinyModel tiny = TinyModel.Of(new ModelConfig
        {
            Family = ModelFamily.Llama, VocabularySize = 264, ContextLength = 128, Layers = 2, Width = 256, Heads = 8, KeyValueHeads = 2, HeadSize = 32, FeedForwardWidth = 256, TiedHead = false,
        });
        var model = (Func<InferenceModel>)(() => tiny.LoadMapped(folder[$"{encoding}.gguf"], encoding));
        var setting = new Setting(Model: model, Config: tiny.Config, KeyValues: keyValues);
        var sampling = new SamplingOptions { Temperature = 0.3, LogitBias = Enumerable.Range(0, 5).ToDictionary(id => id, _ => -100.0) };
        string[] alone = Run(setting, sampling, out _);
        Assert.Equal(alone, Run(setting with { Speculate = true }, sampling, out EngineStatistics drafted));
        Assert.True(drafted.DraftedTokens > 0);
        Assert.Equal(alone, Run(setting with { Others = 15, Slots = 16 }, sampling, out _));
        Assert.Equal(alone, Run(setting with { Others = 2, Chunk = 7 }, sampling, out _));
        Assert.Equal(alone, Run(setting with { Others = 3, Pages = 10, Reuse = true, Speculate = true }, sampling, out EngineStatistics pressed));
        Assert.True(pressed.Preemptions > 0);
        Assert.Equal(alone, Run(setting with { Reuse = true, Before = true }, sampling, out _));
    }

    [Fact]
    public void Speculation_takes_fewer_steps_where_a_text_repeats_itself()
    {
        Run(new Setting(), temperature: 0, out EngineStatistics off);
        Run(new Setting(Speculate: true), temperature: 0, out EngineStatistics on);
        Assert.InRange(on.Steps, 1, off.Steps * 3 / 4);
    }

    [Fact]
    public void Penalties_and_biases_are_the_same_with_speculation()
    {
        var sampling = new SamplingOptions { Temperature = 0.2, RepetitionPenalty = 1.05, FrequencyPenalty = 0.05, PresencePenalty = 0.1, LogitBias = new Dictionary<int, double> { [PlainBytes.FirstId + 'e'] = -100, [PlainBytes.FirstId + 'q'] = 1 } };
        string[] off = Run(new Setting(), sampling, out _);
        string[] on = Run(new Setting(Speculate: true, Others: 2), sampling, out EngineStatistics statistics);
        Assert.Equal(off, on);
        Assert.True(statistics.DraftedTokens > 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Usage_and_work_are_the_same_with_speculation(bool preempt)
    {
        EngineWork Work(bool speculate)
        {
            using var bench = new SchedulerBench(TinyModel.Letters(), slots: 4, pages: preempt ? 8 : 32, speculate: speculate);
            for (int i = 0; i < 4; i++)
            {
                bench.Scheduler.Enqueue(bench.Job("ababab", new RecordingSink(), maxNewTokens: 60));
            }

            bench.StepUntilIdle();
            Assert.Equal(speculate, bench.Statistics.AcceptedTokens > 0);
            return bench.Meter.Sums[""];
        }

        EngineWork off = Work(speculate: false), on = Work(speculate: true);
        Assert.Equal((off.PromptTokens, off.GeneratedTokens, off.Requests), (on.PromptTokens, on.GeneratedTokens, on.Requests));
        Assert.Equal(off.Flop, on.Flop, 1e-3);
    }

    private static string[] Run(Setting setting, double temperature) => Run(setting, temperature, out _);

    private static string[] Run(Setting setting, double temperature, out EngineStatistics statistics) => Run(setting, new SamplingOptions { Temperature = temperature }, out statistics);

    /// <summary>Two choices of one prompt: text, ids, and bits of probabilities.</summary>
    private static string[] Run(Setting setting, SamplingOptions sampling, out EngineStatistics statistics)
    {
        TinyModel letters = TinyModel.Letters();
        using var bench = new SchedulerBench(
            setting.Model?.Invoke() ?? letters.Load(threads: 1), setting.Config ?? letters.Config, setting.Slots, setting.Pages,
            prefillLimit: setting.Chunk, reusePrefixes: setting.Reuse, speculate: setting.Speculate, keyValues: setting.KeyValues);
        string prompt = string.Concat(Enumerable.Repeat("abcab", 10));
        if (setting.Before)
        {
            bench.Scheduler.Enqueue(bench.Job(prompt, new RecordingSink(), maxNewTokens: 3));
            bench.StepUntilIdle();
        }

        int before = setting.Others / 2;
        for (int i = 0; i < setting.Others; i++)
        {
            if (i == before)
            {
                EnqueueMine(out ProbabilitySink _);
            }

            bench.Scheduler.Enqueue(bench.Job(new string((char)('c' + i), 1 + (i * 3)), new RecordingSink(), maxNewTokens: 50 + i, sampling: new SamplingOptions { Temperature = i % 2 }, seed: i));
        }

        EnqueueMine(out ProbabilitySink mine);
        bench.StepUntilIdle();
        statistics = bench.Statistics;
        Assert.Equal(statistics.TotalPages, statistics.FreePages);
        if (setting.Others == 0)
        {
            Assert.Equal(2, mine.Answers.Length);
        }

        return mine.Answers;

        void EnqueueMine(out ProbabilitySink sink)
        {
            sink = new ProbabilitySink();
            bench.Scheduler.Enqueue(bench.Job(prompt, sink, maxNewTokens: Length, choices: 2, sampling, seed: 5, topLogProbabilities: 5));
        }
    }

    private sealed record Setting(int Slots = 4, int? Pages = null, int Chunk = 64, int Others = 0, bool Reuse = false, bool Before = false, bool Speculate = false,
        Func<InferenceModel>? Model = null, ModelConfig? Config = null, KeyValueFormat KeyValues = KeyValueFormat.F32);

    private sealed class ProbabilitySink : IGenerationSink
    {
        private readonly SortedDictionary<int, StringBuilder> _answers = [];

        public string[] Answers => [.. _answers.Values.Select(answer => answer.ToString())];

        public void Token(int choice, TokenLogProbability token, IReadOnlyList<TokenLogProbability> likeliest) =>
            Of(choice).AppendJoin(',', likeliest.Prepend(token).Select(t => $"{t.Id}:{BitConverter.DoubleToInt64Bits(t.LogProbability):x}"));

        public void Text(int choice, ReadOnlySpan<char> text) => Of(choice).Append(text);

        public void ChoiceFinished(int choice, FinishReason reason) => Of(choice).Append(reason.ToString());

        public void Completed(TokenUsage usage)
        {
        }

        public void Failed(Exception reason) => throw new InvalidOperationException("The job failed.", reason);

        private StringBuilder Of(int choice)
        {
            if (!_answers.TryGetValue(choice, out StringBuilder? answer))
            {
                _answers[choice] = answer = new StringBuilder();
            }

            return answer;
        }
    }
}
