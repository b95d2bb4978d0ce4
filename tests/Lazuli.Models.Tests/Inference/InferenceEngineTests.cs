using System.Text;
using Lazuli.Contracts;
using Lazuli.Inference;
using Lazuli.Numerics;

namespace Lazuli.Models.Tests;

public class InferenceEngineTests
{
    private static readonly SamplingOptions Greedy = new() { Temperature = 0 };

    private static CancellationToken TestEnd => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Streams_text_then_the_reason_then_exact_counts()
    {
        await using InferenceEngine engine = TinyModel.Letters().Start();

        List<GenerationEvent> events = await Collect(engine, Text("abc") with { MaxTokens = 7 }, TestEnd);

        Assert.All(events[..^2], e => Assert.Equal(1, Assert.IsType<GenerationEvent.TextDelta>(e).Text.Length));
        Assert.Equal(7, events.Count - 2);
        Assert.Equal(new GenerationEvent.ChoiceFinished(0, FinishReason.Length), events[^2]);
        Assert.Equal(new GenerationEvent.Completed(new TokenUsage(4, 7, 0)), events[^1]); // <|endoftext|> a b c
        Assert.Equal(4, engine.CountPromptTokens(new GenerationPrompt.Text("abc")));
    }

    [Fact]
    public async Task Greedy_text_is_what_the_reference_says()
    {
        foreach (TinyModel tiny in (TinyModel[])[TinyModel.Llama(), TinyModel.Gpt2()])
        {
            int[] prompt = [0, 90, 91, 92];
            await using InferenceEngine engine = tiny.Start();

            GenerationResult result = await engine.GenerateWholeAsync(new GenerationRequest { Prompt = new GenerationPrompt.Tokens(prompt), MaxTokens = 24, Sampling = Greedy }, TestEnd);

            Assert.Equal(ReferenceText(tiny, prompt, 24), result.Text);
        }
    }

    [Fact]
    public async Task Text_is_the_same_alone_and_in_company()
    {
        GenerationRequest[] requests = [.. Enumerable.Range(0, 24).Select(i => Text(new string((char)('a' + (i % 26)), 1 + (i * 3))) with
        {
            MaxTokens = 20,
            Choices = 1 + (i % 3),
            Sampling = i % 2 == 0 ? Greedy : new SamplingOptions { Seed = i, TopP = 0.9, TopK = i % 4 == 1 ? 12 : 0 },
        })];
        var alone = new List<string[]>();
        await using (InferenceEngine engine = TinyModel.Letters().Start(threads: 1))
        {
            foreach (GenerationRequest request in requests)
            {
                alone.Add(Texts(await engine.GenerateWholeAsync(request, TestEnd)));
            }
        }

        foreach ((int threads, int prefill) in new[] { (1, 256), (2, 5), (3, 64) })
        {
            await using InferenceEngine engine = TinyModel.Letters().Start(new InferenceOptions { MaxSequences = 6, PageTokens = 16, PrefillTokensPerStep = prefill }, threads);
            IReadOnlyList<GenerationResult> results = await engine.GenerateAllAsync(requests, cancellationToken: TestEnd);
            Assert.Equal(alone, results.Select(Texts));
        }
    }

    [Fact]
    public async Task A_seed_repeats_a_text_and_another_seed_does_not()
    {
        await using InferenceEngine engine = TinyModel.Letters().Start();
        async Task<string> Generate(long? seed) =>
            (await engine.GenerateWholeAsync(Text("x") with { MaxTokens = 40, Sampling = new SamplingOptions { Seed = seed } }, TestEnd)).Text;

        Assert.Equal(await Generate(7), await Generate(7));
        Assert.NotEqual(await Generate(7), await Generate(8));
        Assert.NotEqual(await Generate(null), await Generate(null));
    }

    [Fact]
    public async Task A_stop_string_across_tokens_ends_the_text_before_it()
    {
        await using InferenceEngine engine = TinyModel.Letters().Start();
        string whole = (await engine.GenerateWholeAsync(Text("abc") with { MaxTokens = 40 }, TestEnd)).Text;
        string stop = whole.Substring(12, 3);

        GenerationResult result = await engine.GenerateWholeAsync(Text("abc") with { MaxTokens = 40, Stop = ["never there", stop] }, TestEnd);

        int at = whole.IndexOf(stop, StringComparison.Ordinal);
        Assert.Equal(whole[..at], result.Text);
        Assert.Equal(FinishReason.Stop, result.Choices[0].Reason);
        Assert.Equal(at + 3, result.Usage.CompletionTokens);
    }

    [Fact]
    public async Task The_end_mark_ends_the_text_and_counts_as_a_token()
    {
        await using InferenceEngine engine = TinyModel.Indifferent().Start();

        foreach (GenerationRequest request in (GenerationRequest[])[Text("hello"), Chat("hello")])
        {
            GenerationResult result = await engine.GenerateWholeAsync(request, TestEnd);
            Assert.Equal("", result.Text);
            Assert.Equal(FinishReason.Stop, result.Choices[0].Reason);
            Assert.Equal(1, result.Usage.CompletionTokens);
        }
    }

    [Fact]
    public async Task No_special_token_is_ever_text()
    {
        await using InferenceEngine engine = TinyModel.Indifferent().Start(new InferenceOptions { MaxSequences = 32, PageTokens = 16 });
        var request = new GenerationRequest { Prompt = Chat("hello").Prompt, Choices = 32, Sampling = new SamplingOptions { Seed = 3, Temperature = 2 } };

        GenerationResult chat = await engine.GenerateWholeAsync(request, TestEnd);
        GenerationResult text = await engine.GenerateWholeAsync(request with { Prompt = new GenerationPrompt.Text("hello") }, TestEnd);

        foreach (GeneratedChoice choice in chat.Choices.Concat(text.Choices))
        {
            Assert.DoesNotContain(ChatTemplate.SpecialTokens, mark => choice.Text.Contains(mark, StringComparison.Ordinal));
        }

        // 5 of 261 ids are marks: over a hundred tokens nearly every choice meets one.
        Assert.InRange(chat.Choices.Count(choice => choice.Reason == FinishReason.Stop), 16, 32);
    }

    [Fact]
    public async Task A_mark_inside_a_message_stays_plain_text()
    {
        await using InferenceEngine engine = TinyModel.Letters().Start();

        Assert.Equal(4 + "<|end|>".Length, engine.CountPromptTokens(Chat("<|end|>").Prompt)); // start, role, content, end, role
    }

    [Fact]
    public async Task Text_ends_where_the_context_ends()
    {
        await using InferenceEngine engine = TinyModel.Letters(context: 32).Start();

        GenerationResult result = await engine.GenerateWholeAsync(Text(new string('a', 19)), TestEnd);

        Assert.Equal(12, result.Usage.CompletionTokens);
        Assert.Equal(FinishReason.Length, result.Choices[0].Reason);
    }

    [Theory]
    [InlineData(31, null, "33", "32 of the prompt")]
    [InlineData(20, 12, "33", "21 of the prompt")]
    public async Task Refuses_what_does_not_fit_the_context_with_the_numbers(int prompt, int? maxTokens, string asked, string ofThePrompt)
    {
        await using InferenceEngine engine = TinyModel.Letters(context: 32).Start();

        EngineRefusedException refused = await Assert.ThrowsAsync<EngineRefusedException>(
            () => engine.GenerateWholeAsync(Text(new string('a', prompt)) with { MaxTokens = maxTokens }, TestEnd));

        Assert.Equal(EngineRefusal.ContextLengthExceeded, refused.Reason);
        Assert.False(refused.IsTransient);
        Assert.Contains("32 tokens", refused.Message, StringComparison.Ordinal);
        Assert.Contains(asked, refused.Message, StringComparison.Ordinal);
        Assert.Contains(ofThePrompt, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Takes_exactly_what_fits_the_context()
    {
        await using InferenceEngine engine = TinyModel.Letters(context: 32).Start();

        GenerationResult result = await engine.GenerateWholeAsync(Text(new string('a', 20)) with { MaxTokens = 11 }, TestEnd);

        Assert.Equal(new TokenUsage(21, 11, 0), result.Usage);
    }

    [Fact]
    public async Task Refuses_more_than_the_queue_holds_and_takes_again_when_there_is_room()
    {
        await using InferenceEngine engine = TinyModel.Letters().Start(new InferenceOptions { MaxSequences = 1, MaxQueuedRequests = 1, PageTokens = 16 });
        using var stop = new CancellationTokenSource();
        await using IAsyncEnumerator<GenerationEvent> first = engine.GenerateAsync(Endless(), stop.Token).GetAsyncEnumerator(TestEnd);
        await using IAsyncEnumerator<GenerationEvent> second = engine.GenerateAsync(Endless(), stop.Token).GetAsyncEnumerator(TestEnd);
        Assert.True(await first.MoveNextAsync());
        ValueTask<bool> waiting = second.MoveNextAsync();

        EngineRefusedException refused = await Assert.ThrowsAsync<EngineRefusedException>(() => engine.GenerateWholeAsync(Text("x"), TestEnd));

        Assert.Equal(EngineRefusal.QueueFull, refused.Reason);
        Assert.True(refused.IsTransient);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await waiting);
        await Until(() => engine.Statistics.RunningSequences == 0 && engine.QueuedRequests == 0);
        Assert.Equal(5, (await engine.GenerateWholeAsync(Text("x") with { MaxTokens = 5 }, TestEnd)).Usage.CompletionTokens);
    }

    [Fact]
    public async Task One_party_cannot_fill_the_queue_for_others()
    {
        await using InferenceEngine engine = TinyModel.Letters().Start(new InferenceOptions { MaxSequences = 1, MaxQueuedRequests = 4, PageTokens = 16 });
        using var stop = new CancellationTokenSource();
        GenerationRequest greedy = Endless() with { Party = new ComputeParty("p", "greedy") };
        Task[] streams = [.. Enumerable.Range(0, 4).Select(_ => Collect(engine, greedy, stop.Token))]; // one runs, three of four places in the queue
        await Until(() => engine.Statistics.RunningSequences + engine.QueuedRequests == 4);

        EngineRefusedException refused = await Assert.ThrowsAsync<EngineRefusedException>(() => engine.GenerateWholeAsync(greedy, TestEnd));
        Assert.Equal(EngineRefusal.QueueFull, refused.Reason);
        Assert.Contains("of this key", refused.Message, StringComparison.Ordinal);
        Task<GenerationResult> other = engine.GenerateWholeAsync(Text("x") with { MaxTokens = 5, Party = new ComputeParty("p", "other") }, TestEnd);
        await Until(() => engine.QueuedRequests == 4 || other.IsCompleted);
        await stop.CancelAsync();
        Assert.Equal(5, (await other).Usage.CompletionTokens);
        foreach (Task stream in streams)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stream);
        }

        await Until(() => engine.Statistics.RunningSequences == 0 && engine.QueuedRequests == 0);
        Assert.Equal(5, (await engine.GenerateWholeAsync(greedy with { MaxTokens = 5 }, TestEnd)).Usage.CompletionTokens);
    }

    [Fact]
    public async Task Cancelling_frees_slots_and_pages_and_says_whose_token_it_was()
    {
        await using InferenceEngine engine = TinyModel.Letters().Start();
        using var stop = new CancellationTokenSource();
        var streams = new List<Task>();
        for (int i = 0; i < 12; i++)
        {
            streams.Add(Collect(engine, Endless() with { Choices = 2 }, stop.Token));
        }

        await Until(() => engine.Statistics.RunningSequences == 8);
        await stop.CancelAsync();

        foreach (Task stream in streams)
        {
            OperationCanceledException cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stream);
            Assert.Equal(stop.Token, cancelled.CancellationToken);
        }

        await Until(() => engine.Statistics.RunningSequences == 0);
        Assert.Equal(engine.Statistics.TotalPages, engine.Statistics.FreePages);
        Assert.Equal(0, engine.QueuedRequests);
    }

    [Fact]
    public async Task Ending_the_enumeration_frees_the_slot()
    {
        await using InferenceEngine engine = TinyModel.Letters().Start();

        await foreach (GenerationEvent generated in engine.GenerateAsync(Endless(), TestEnd))
        {
            Assert.IsType<GenerationEvent.TextDelta>(generated);
            break;
        }

        await Until(() => engine.Statistics is { RunningSequences: 0 } now && now.FreePages == now.TotalPages);
    }

    [Fact]
    public async Task Disposing_ends_running_and_waiting_streams_with_the_reason()
    {
        InferenceEngine engine = TinyModel.Letters(context: 4096).Start(new InferenceOptions { MaxSequences = 2, PageTokens = 16 });
        Task[] streams = [.. Enumerable.Range(0, 5).Select(_ => Collect(engine, Endless(), TestEnd))];
        await Until(() => engine.Statistics.RunningSequences == 2);

        await engine.DisposeAsync();

        foreach (Task stream in streams)
        {
            EngineRefusedException ended = await Assert.ThrowsAsync<EngineRefusedException>(() => stream);
            Assert.Equal(EngineRefusal.ShuttingDown, ended.Reason);
        }

        await Assert.ThrowsAsync<EngineRefusedException>(() => engine.GenerateWholeAsync(Text("x"), TestEnd));
        await engine.DisposeAsync();
    }

    [Fact]
    public async Task Draining_lets_streams_finish_and_takes_no_new_ones()
    {
        await using InferenceEngine engine = TinyModel.Letters().Start(new InferenceOptions { MaxSequences = 1, PageTokens = 16 });
        Task<GenerationResult>[] running = [.. Enumerable.Range(0, 3).Select(_ => engine.GenerateWholeAsync(Text("x") with { MaxTokens = 60 }, TestEnd))];

        Task drained = engine.DrainAsync(TestEnd);
        EngineRefusedException refused = await Assert.ThrowsAsync<EngineRefusedException>(() => engine.GenerateWholeAsync(Text("x"), TestEnd));
        await drained;

        Assert.Equal(EngineRefusal.ShuttingDown, refused.Reason);
        foreach (Task<GenerationResult> answer in running)
        {
            Assert.Equal(60, (await answer).Usage.CompletionTokens);
        }
    }

    [Fact]
    public async Task An_idle_engine_drains_at_once()
    {
        await using InferenceEngine engine = TinyModel.Letters().Start();

        await engine.DrainAsync(TestEnd);
    }

    [Fact]
    public async Task A_model_without_chat_marks_refuses_dialogues()
    {
        TinyModel tiny = TinyModel.Llama();
        await using InferenceEngine engine = InferenceEngine.Create(tiny.Load(), PlainBytes.WithoutChat);

        EngineRefusedException refused = await Assert.ThrowsAsync<EngineRefusedException>(() => engine.GenerateWholeAsync(Chat("hello"), TestEnd));

        Assert.Equal(EngineRefusal.ChatNotSupported, refused.Reason);
        Assert.False(engine.SupportsChat);
    }

    public static TheoryData<GenerationRequest, string> BadRequests => new()
    {
        { Text("x") with { MaxTokens = 0 }, "MaxTokens" },
        { Text("x") with { Choices = 129 }, "Choices" },
        { Text("x") with { Stop = ["a", ""] }, "stop string" },
        { Text("x") with { Stop = ["1", "2", "3", "4", "5"] }, "stop strings" },
        { Text("x") with { Sampling = new SamplingOptions { Temperature = 2.5 } }, "Temperature" },
        { Text("x") with { Sampling = new SamplingOptions { Temperature = double.NaN } }, "Temperature" },
        { Text("x") with { Sampling = new SamplingOptions { TopP = 0 } }, "TopP" },
        { Text("x") with { Sampling = new SamplingOptions { TopK = -1 } }, "TopK" },
        { new GenerationRequest { Prompt = new GenerationPrompt.Tokens([]) }, "empty" },
        { new GenerationRequest { Prompt = new GenerationPrompt.Tokens([3, 261]) }, "261" },
        { new GenerationRequest { Prompt = new GenerationPrompt.Chat([]) }, "no messages" },
        { new GenerationRequest { Prompt = new GenerationPrompt.Chat([new ChatMessage("robot", "x")]) }, "robot" },
    };

    [Theory]
    [MemberData(nameof(BadRequests), DisableDiscoveryEnumeration = true)]
    public async Task Refuses_bad_settings_by_name(GenerationRequest request, string named)
    {
        await using InferenceEngine engine = TinyModel.Letters().Start();

        ArgumentException refused = await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Collect(engine, request, TestEnd));

        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, engine.QueuedRequests);
    }

    [Fact]
    public void Refuses_options_out_of_range_and_lists_all()
    {
        using InferenceModel model = TinyModel.Letters().Load();
        var options = new InferenceOptions { MaxSequences = 300, MaxBatchRows = 256, PageTokens = 0, ContextLength = 129 };

        ArgumentException refused = Assert.Throws<ArgumentException>(() => InferenceEngine.Create(model, PlainBytes.WithChat, options));

        Assert.Contains("MaxSequences is 300", refused.Message, StringComparison.Ordinal);
        Assert.Contains("PageTokens is 0", refused.Message, StringComparison.Ordinal);
        Assert.Contains("ContextLength is 129", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_tokenizer_with_more_ids_than_the_model()
    {
        using InferenceModel model = TinyModel.Llama(vocabulary: 100).Load();

        Assert.Throws<ArgumentException>(() => InferenceEngine.Create(model, PlainBytes.WithChat));
    }

    [Fact]
    public async Task A_model_written_to_a_folder_says_the_same_when_it_is_opened()
    {
        using var scratch = new ScratchFolder();
        TinyModel tiny = TinyModel.Letters();
        HuggingFaceFolder.Write(scratch["model"], new ModelPackage
        {
            Config = tiny.Config,
            Parameters = (parameter, destination) => tiny.Values(parameter).CopyTo(destination),
            Tokenizer = TokenizerFiles.Of(PlainBytes.WithChat),
            Provenance = new ModelProvenance { Name = "tiny", License = "CC0-1.0" },
        });
        await using InferenceEngine direct = tiny.Start();
        await using InferenceEngine opened = InferenceEngine.Create(InferenceModel.Open(scratch["model"], new CpuBackend(1)), new InferenceOptions { PageTokens = 16 });
        GenerationRequest request = Text("abc") with { MaxTokens = 60 };

        GenerationResult whole = await direct.GenerateWholeAsync(request, TestEnd);
        GenerationResult result = await opened.GenerateWholeAsync(request, TestEnd);

        Assert.Equal(60, whole.Text.Length);
        Assert.Equal(whole.Text, result.Text);
    }

    [Fact]
    public void Opening_a_folder_that_is_no_model_says_so()
    {
        using var scratch = new ScratchFolder();

        using var backend = new CpuBackend(1);
        Assert.Throws<ModelFormatException>(() => InferenceModel.Open(scratch.Path, backend));
    }

    private static string ReferenceText(TinyModel tiny, int[] prompt, int count)
    {
        var reference = new UncachedTransformer(tiny);
        var ids = new List<int>(prompt);
        for (int i = 0; i < count; i++)
        {
            double[] logits = reference.Logits(ids)[^1];
            int next = Array.IndexOf(logits, logits.Max());
            if (next is 0 or 4)
            {
                break;
            }

            ids.Add(next);
        }

        int[] answer = [.. ids.Skip(prompt.Length).Where(id => id >= PlainBytes.FirstId)];
        return Encoding.UTF8.GetString(PlainBytes.WithChat.Decode(answer));
    }

    private static GenerationRequest Text(string prompt) => new() { Prompt = new GenerationPrompt.Text(prompt), Sampling = Greedy };

    private static GenerationRequest Endless() => Text("x");

    private static GenerationRequest Chat(string message) => new() { Prompt = new GenerationPrompt.Chat([new ChatMessage("user", message)]), Sampling = Greedy };

    private static string[] Texts(GenerationResult result) => [.. result.Choices.Select(choice => choice.Text)];

    private static async Task<List<GenerationEvent>> Collect(InferenceEngine engine, GenerationRequest request, CancellationToken cancellationToken)
    {
        var events = new List<GenerationEvent>();
        await foreach (GenerationEvent generated in engine.GenerateAsync(request, cancellationToken))
        {
            events.Add(generated);
        }

        return events;
    }

    /// <summary>Waits for the engine's thread; the test's own timeout is the limit.</summary>
    private static async Task Until(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(1, TestEnd);
        }
    }
}
