using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>The generations behind one HTTP request, as one stream of events.</summary>
/// <param name="Model">Runs them.</param>
/// <param name="Requests">One a prompt, all with the same number of choices.</param>
/// <param name="PromptParam">The request's field that holds the prompt, for errors.</param>
internal sealed record Generation(ServedModel Model, IReadOnlyList<GenerationRequest> Requests, string PromptParam)
{
    // A slow client then slows the engine's slot, not the server's memory.
    private const int MaxBufferedEvents = 256;

    // One request with many prompts may not fill the engine's queue alone.
    private const int MaxPromptsAtOnce = 8;

    public int TotalChoices => Requests.Count * Requests[0].Choices;

    /// <summary>Refuses what cannot fit, before anything runs and while a plain error response is possible; else counts the tokens of all prompts and the most that may be generated for them.</summary>
    /// <exception cref="RequestRefusedException">A prompt is too long or cannot be rendered.</exception>
    public (long PromptTokens, long MaxNewTokens) CheckFit()
    {
        long prompts = 0, news = 0;
        foreach (GenerationRequest request in Requests)
        {
            int promptTokens;
            try
            {
                promptTokens = Model.Engine.CountPromptTokens(request.Prompt);
            }
            catch (EngineRefusedException e)
            {
                throw new RequestRefusedException(EngineErrors.Translate(e, Model.Name, PromptParam));
            }
            catch (ArgumentException e)
            {
                throw RequestFields.Refuse($"The {PromptParam} cannot be given to this model: {EngineErrors.Explain(e)}", PromptParam);
            }

            int wanted = request.MaxTokens ?? 1;
            if ((long)promptTokens + wanted > Model.Engine.ContextLength)
            {
                throw new RequestRefusedException(OpenAiError.ContextLengthExceeded(Model.Engine.ContextLength, promptTokens, wanted, PromptParam));
            }

            prompts += promptTokens;
            news += (long)request.Choices * (request.MaxTokens ?? Model.Engine.ContextLength - promptTokens);
        }

        return (prompts, news);
    }

    /// <summary>The same, heard by <paramref name="meter"/>.</summary>
    public Generation MeteredBy(IRequestMeter meter) => this with { Requests = [.. Requests.Select(request => request with { Meter = meter })] };

    /// <summary>The events of all prompts: choices numbered through, one sum of usage last.</summary>
    public IAsyncEnumerable<GenerationEvent> RunAsync(CancellationToken cancellationToken) =>
        Requests.Count == 1 ? Model.Engine.GenerateAsync(Requests[0], cancellationToken) : RunAllAsync(cancellationToken);

    private async IAsyncEnumerable<GenerationEvent> RunAllAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var events = Channel.CreateBounded<GenerationEvent>(MaxBufferedEvents);
        Task pumping = PumpAllAsync(events.Writer, stop);
        try
        {
            TokenUsage sum = default;
            await foreach (GenerationEvent next in events.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                if (next is GenerationEvent.Completed completed)
                {
                    sum = new TokenUsage(
                        sum.PromptTokens + completed.Usage.PromptTokens,
                        sum.CompletionTokens + completed.Usage.CompletionTokens,
                        sum.CachedTokens + completed.Usage.CachedTokens);
                }
                else
                {
                    yield return next;
                }
            }

            yield return new GenerationEvent.Completed(sum);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await pumping.ConfigureAwait(false);
        }
    }

    /// <summary>Ends the channel with the first failure, and never throws itself.</summary>
    private async Task PumpAllAsync(ChannelWriter<GenerationEvent> writer, CancellationTokenSource stop)
    {
        Exception? failure = null;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = MaxPromptsAtOnce };
        await Parallel.ForAsync(0, Requests.Count, parallel, async (prompt, _) =>
        {
            try
            {
                await foreach (GenerationEvent next in Model.Engine.GenerateAsync(Requests[prompt], stop.Token).ConfigureAwait(false))
                {
                    await writer.WriteAsync(Renumber(next, prompt * Requests[prompt].Choices), stop.Token).ConfigureAwait(false);
                }
            }
#pragma warning disable CA1031 // handed on to the reader
            catch (Exception e)
#pragma warning restore CA1031
            {
                // The first is the cause; the others only heard that it is over.
                Interlocked.CompareExchange(ref failure, e, null);
                await stop.CancelAsync().ConfigureAwait(false);
            }
        }).ConfigureAwait(false);
        writer.Complete(failure);
    }

    private static GenerationEvent Renumber(GenerationEvent next, int offset) => next switch
    {
        GenerationEvent.TextDelta text => text with { Choice = text.Choice + offset },
        GenerationEvent.TokenChosen token => token with { Choice = token.Choice + offset },
        GenerationEvent.ChoiceFinished finished => finished with { Choice = finished.Choice + offset },
        _ => next,
    };
}
