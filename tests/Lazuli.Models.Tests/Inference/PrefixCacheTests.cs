using CsCheck;
using Lazuli.Contracts;
using Lazuli.Inference;

namespace Lazuli.Models.Tests;

public class PrefixCacheTests
{
    private static readonly byte[] Secret = [1, 2, 3];

    private static CancellationToken TestEnd => TestContext.Current.CancellationToken;

    [Fact]
    public void Finds_the_longest_run_of_whole_pages_for_the_same_party_alone()
    {
        var table = new PageTable(slots: 2, pages: 8, pageSize: 4, pagesPerSequence: 8);
        var cache = new PrefixCache(table, Secret);
        int[] text = [.. Enumerable.Range(0, 14)];
        int slot = table.TryOpen(14, []);
        int[] pages = table.PagesOf(slot).ToArray();
        cache.Keep("a", text, pages);
        table.Close(slot);

        Assert.Equal(3, cache.Count); // 14 tokens are three whole pages
        Assert.Equal(pages[..3], cache.Match("a", text));
        Assert.Equal(pages[..1], cache.Match("a", [0, 1, 2, 3, 4, 5, 99, 7]));
        Assert.Empty(cache.Match("a", [9, .. text[1..]]));
        Assert.Empty(cache.Match("a", text.AsSpan(4))); // a page's place counts, not only its tokens
        Assert.Empty(cache.Match("b", text));
        Assert.Equal((5, 3), (table.FreePages, table.ReclaimablePages));
    }

    [Fact]
    public void Makes_room_from_the_end_of_what_was_not_used_for_longest_and_never_from_what_runs()
    {
        var table = new PageTable(slots: 4, pages: 8, pageSize: 2, pagesPerSequence: 8);
        var cache = new PrefixCache(table, Secret);
        int[] old = [1, 2, 3, 4, 5, 6], recent = [7, 8, 9, 10, 11, 12];
        foreach (int[] text in (int[][])[old, recent])
        {
            int slot = table.TryOpen(6, []);
            cache.Keep("", text, table.PagesOf(slot));
            table.Close(slot);
        }

        int running = table.TryOpen(6, cache.Match("", recent.AsSpan(0, 4))); // two pages of the recent one, one free
        Assert.False(cache.MakeRoom(6));
        Assert.Equal(6, cache.Count);
        Assert.True(cache.MakeRoom(3));
        Assert.Single(cache.Match("", old));
        Assert.Equal(3, cache.Match("", recent).Length);
        Assert.True(cache.MakeRoom(5));
        Assert.Empty(cache.Match("", old));
        Assert.Equal(2, cache.Match("", recent).Length);
        table.Close(running);
        Assert.Equal(8, table.FreePages + table.ReclaimablePages);
    }

    [Fact]
    public void Pages_are_never_lost_whatever_is_opened_kept_and_closed() => Gen.Select(Gen.Int[0, 5], Gen.Int[1, 20]).Array[1, 60].Sample(steps =>
    {
        var table = new PageTable(slots: 3, pages: 10, pageSize: 3, pagesPerSequence: 7);
        var cache = new PrefixCache(table, Secret);
        var open = new List<(int Slot, int[] Text)>();
        foreach ((int kind, int length) in steps)
        {
            int[] text = [.. Enumerable.Range(0, length).Select(i => i * (kind % 2))];
            if (kind < 4)
            {
                int[] shared = cache.Match("", text.AsSpan(0, length - 1));
                table.AddReferences(shared);
                int wanted = table.PagesFor(length) - shared.Length;
                int slot = table.FreeSlots > 0 && cache.MakeRoom(wanted) ? table.TryOpen(length, shared) : -1;
                table.ReleaseReferences(shared);
                if (slot >= 0)
                {
                    open.Add((slot, text));
                }
            }
            else if (open.Count > 0)
            {
                (int slot, int[] ended) = open[length % open.Count];
                cache.Keep("", ended, table.PagesOf(slot));
                table.Close(slot);
                open.RemoveAt(length % open.Count);
            }
        }

        foreach ((int slot, int[] _) in open)
        {
            table.Close(slot);
        }

        Assert.Equal(10, table.FreePages + table.ReclaimablePages);
        Assert.Equal(cache.Count, table.ReclaimablePages);
        Assert.True(cache.MakeRoom(10));
        Assert.Equal((10, 0), (table.FreePages, cache.Count));
    });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task An_answer_from_kept_pages_has_the_same_tokens_and_probabilities_to_the_bit(int temperature)
    {
        var options = new InferenceOptions { PageTokens = 16, MaxSequences = 4 };
        var request = new GenerationRequest { Prompt = new GenerationPrompt.Text(new string('a', 50) + "bc"), MaxTokens = 20, TopLogProbabilities = 3, Sampling = new SamplingOptions { Temperature = temperature, Seed = 9 } };
        await using InferenceEngine plain = TinyModel.Letters().Start(options with { ReusePrefixes = false });
        await using InferenceEngine reusing = TinyModel.Letters().Start(options);
        (string expected, TokenUsage fed) = await SayAsync(plain, request);
        (string first, _) = await SayAsync(reusing, request);
        (string second, TokenUsage reused) = await SayAsync(reusing, request);

        Assert.Equal(expected, first);
        Assert.Equal(expected, second);
        Assert.Equal(0, fed.CachedTokens);
        Assert.Equal(new TokenUsage(53, 20, 48), reused); // <|endoftext|> and 52 letters: three whole pages
    }

    [Fact]
    public async Task A_dialogue_that_goes_on_is_fed_from_its_last_answer_and_other_parties_find_nothing()
    {
        await using InferenceEngine engine = TinyModel.Letters(context: 256).Start(new InferenceOptions { PageTokens = 16, MaxSequences = 4 });
        var mine = new ComputeParty("p", "key_1");
        var request = new GenerationRequest { Prompt = new GenerationPrompt.Text(new string('a', 40)), MaxTokens = 60, Party = mine, Sampling = new SamplingOptions { Temperature = 0 } };
        (string answer, _) = await SayAsync(engine, request);
        GenerationRequest next = request with { Prompt = new GenerationPrompt.Text(new string('a', 40) + answer[..60] + "next"), MaxTokens = 1 };
        Assert.Equal(96, (await SayAsync(engine, next)).Usage.CachedTokens); // 1 + 40 + 59 tokens had been fed: six pages
        Assert.Equal(0, (await SayAsync(engine, next with { Party = new ComputeParty("p", "key_2") })).Usage.CachedTokens);
        Assert.Equal(0, (await SayAsync(engine, next with { Party = null })).Usage.CachedTokens);
    }

    [Fact]
    public async Task A_full_cache_gives_way_to_new_prompts()
    {
        await using InferenceEngine engine = TinyModel.Letters().Start(new InferenceOptions { PageTokens = 16, MaxSequences = 2, KeyValueBytes = 0 });
        for (int i = 0; i < 20; i++)
        {
            (string text, TokenUsage usage) = await SayAsync(engine, new GenerationRequest { Prompt = new GenerationPrompt.Text(new string((char)('a' + i), 90)), MaxTokens = 20, Sampling = new SamplingOptions { Temperature = 0 } });
            Assert.Equal((20, 0), (usage.CompletionTokens, usage.CachedTokens));
            Assert.NotEmpty(text);
        }

        Assert.Equal(engine.Statistics.TotalPages, engine.Statistics.FreePages);
    }

    private static async Task<(string Text, TokenUsage Usage)> SayAsync(InferenceEngine engine, GenerationRequest request)
    {
        string text = "";
        TokenUsage usage = default;
        string probabilities = "";
        await foreach (GenerationEvent next in engine.GenerateAsync(request, TestEnd))
        {
            switch (next)
            {
                case GenerationEvent.TextDelta delta:
                    text += delta.Text;
                    break;
                case GenerationEvent.TokenChosen chosen:
                    probabilities += string.Join(',', chosen.Likeliest.Prepend(chosen.Token).Select(t => BitConverter.DoubleToInt64Bits(t.LogProbability)));
                    break;
                case GenerationEvent.Completed completed:
                    usage = completed.Usage;
                    break;
            }
        }

        return (text + probabilities, usage);
    }
}
