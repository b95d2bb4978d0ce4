using Lazuli.Contracts;
using Lazuli.Inference;
using Lazuli.Models;

namespace Lazuli.Models.Tests;

public class RequestMeterTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_request_hears_exactly_what_it_takes_before_its_last_event(int choices)
    {
        await using InferenceEngine engine = TinyModel.Letters(context: 1024).Start();
        var meter = new Recording();
        var request = new GenerationRequest { Prompt = new GenerationPrompt.Text("abcabc"), MaxTokens = 9, Choices = choices, Meter = meter, Sampling = new SamplingOptions { Seed = 3 } };
        TokenUsage usage = default;
        await foreach (GenerationEvent next in engine.GenerateAsync(request, TestContext.Current.CancellationToken))
        {
            if (next is GenerationEvent.Completed completed)
            {
                usage = completed.Usage;
                Assert.Equal((1, 1), (meter.Begun, meter.Ended)); // told before whoever asked is
            }
        }

        Assert.Equal(usage.CompletionTokens, meter.Generated);
        Assert.InRange(meter.Seconds, 1e-9, 60);
        Assert.True(meter.Flop > 0);
    }

    [Fact]
    public async Task A_cancelled_request_hears_its_end_too()
    {
        await using InferenceEngine engine = TinyModel.Letters(context: 1024).Start();
        var meter = new Recording();
        using var stop = new CancellationTokenSource();
        var request = new GenerationRequest { Prompt = new GenerationPrompt.Text("abc"), Meter = meter, Sampling = new SamplingOptions { Seed = 3 } };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (GenerationEvent next in engine.GenerateAsync(request, stop.Token))
            {
                await stop.CancelAsync();
            }
        });
        await meter.End.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal((1, 1), (meter.Begun, meter.Ended));
        Assert.True(meter.Generated > 0);
    }

    [Fact]
    public async Task A_refused_request_never_begins()
    {
        await using InferenceEngine engine = TinyModel.Letters(context: 1024).Start();
        var meter = new Recording();
        var request = new GenerationRequest { Prompt = new GenerationPrompt.Text(new string('a', 5000)), Meter = meter };
        await Assert.ThrowsAsync<EngineRefusedException>(async () => await engine.GenerateAsync(request, TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken).MoveNextAsync());
        Assert.Equal(0, meter.Begun);
    }

    private sealed class Recording : IRequestMeter
    {
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _begun;

        public int Begun => _begun;

        public int Ended { get; private set; }

        public long Generated { get; private set; }

        public double Seconds { get; private set; }

        public double Flop { get; private set; }

        public Task End => _end.Task;

        public void Begin() => Interlocked.Increment(ref _begun);

        public void Record(in EngineWork work)
        {
            Ended += work.Requests;
            Generated += work.GeneratedTokens;
            Seconds += work.Seconds;
            Flop += work.Flop;
            if (work.Requests > 0)
            {
                _end.TrySetResult();
            }
        }
    }
}
