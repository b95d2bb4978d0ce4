using System.Text;
using Lazuli.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Lazuli.Gateway;

/// <summary>Runs generations for a request, whole or as a stream, and ends them when the client goes or the server must.</summary>
internal sealed partial class GenerationRunner(Drain drain, IOptions<GatewayOptions> options, TimeProvider time, ILogger<GenerationRunner> logger)
{
    /// <summary>Waits for all choices.</summary>
    /// <exception cref="RequestRefusedException">The engine refused, or the server had to stop.</exception>
    public async Task<(IReadOnlyList<ChoiceText> Choices, TokenUsage Usage)> CollectAsync(HttpContext context, Generation generation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, drain.Deadline);
        var texts = new StringBuilder[generation.TotalChoices];
        var reasons = new FinishReason?[generation.TotalChoices];
        var waiting = new ChosenTokens(generation);
        var tokens = new List<GenerationEvent.TokenChosen>?[generation.TotalChoices];
        TokenUsage? usage = null;
        try
        {
            await foreach (GenerationEvent next in generation.RunAsync(stop.Token).ConfigureAwait(false))
            {
                switch (next)
                {
                    case GenerationEvent.TextDelta delta:
                        (texts[delta.Choice] ??= new StringBuilder()).Append(delta.Text);
                        if (waiting.Take(delta.Choice) is { } made)
                        {
                            (tokens[delta.Choice] ??= []).AddRange(made);
                        }

                        break;
                    case GenerationEvent.TokenChosen token:
                        waiting.Add(token);
                        break;
                    case GenerationEvent.ChoiceFinished finished:
                        reasons[finished.Choice] = finished.Reason;
                        if (waiting.TakeRest(finished.Choice) is { } rest)
                        {
                            (tokens[finished.Choice] ??= []).AddRange(rest);
                        }

                        break;
                    case GenerationEvent.Completed completed:
                        usage = completed.Usage;
                        break;
                }
            }
        }
        catch (Exception e) when (Explain(context, generation, e) is { } error)
        {
            throw new RequestRefusedException(error);
        }

        if (usage is not { } counts || reasons.Any(reason => reason is null))
        {
            throw new InvalidOperationException("The engine ended without finishing every choice.");
        }

        return ([.. texts.Select((text, i) => new ChoiceText(text?.ToString() ?? "", reasons[i]!.Value, waiting.IsWanted ? tokens[i] ?? [] : null))], counts);
    }

    /// <summary>Writes the choices as they come.</summary>
    /// <remarks>
    /// (1) Wait for the first event, so that a refusal is still a plain error response; when it takes long, send the headers anyway.
    /// (2) Write frames, flushing whenever the engine has nothing more ready. (3) While it is silent, send heartbeats.
    /// (4) End with the usage, if wanted, and [DONE]; or, after a failure, with an error frame and a broken connection:
    /// the frame alone is ignored by some clients, and a clean end would look like success.
    /// </remarks>
    /// <exception cref="RequestRefusedException">The engine refused before anything was sent.</exception>
    /// <exception cref="StreamBrokenException">The stream failed after it began.</exception>
    public async Task StreamAsync(HttpContext context, Generation generation, IStreamDialect dialect, bool includeUsage)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, drain.Deadline);
        IAsyncEnumerator<GenerationEvent> events = generation.RunAsync(stop.Token).GetAsyncEnumerator(stop.Token);
        Task<bool>? move = null;
        try
        {
            move = events.MoveNextAsync().AsTask();
            try
            {
                await ArrivesInTimeAsync(move).ConfigureAwait(false);
            }
            catch (Exception e) when (Explain(context, generation, e) is { } error)
            {
                throw new RequestRefusedException(error);
            }

            await using EventStream stream = await EventStream.StartAsync(context).ConfigureAwait(false);
            dialect.WriteOpening(stream);
            try
            {
                bool completed = false;
                var tokens = new ChosenTokens(generation);
                while (await NextAsync(stream, move, stop.Token).ConfigureAwait(false))
                {
                    completed |= Write(stream, dialect, events.Current, tokens, includeUsage);
                    move = events.MoveNextAsync().AsTask();
                }

                if (!completed)
                {
                    throw new InvalidOperationException("The engine ended without completing.");
                }

                stream.WriteDone();
                await stream.FlushAsync(stop.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (!context.RequestAborted.IsCancellationRequested && !stream.ClientGone)
            {
                throw await FailAsync(context, generation, stream, e).ConfigureAwait(false);
            }
        }
        finally
        {
            await EndAsync(events, move, stop).ConfigureAwait(false);
        }
    }

    /// <summary>Writes one event's frame; true for the last event.</summary>
    private static bool Write(EventStream stream, IStreamDialect dialect, GenerationEvent next, ChosenTokens tokens, bool includeUsage)
    {
        switch (next)
        {
            case GenerationEvent.TextDelta delta when delta.Text.Length > 0:
                dialect.WriteText(stream, delta.Choice, delta.Text, tokens.Take(delta.Choice));
                return false;
            case GenerationEvent.TokenChosen token:
                tokens.Add(token);
                return false;
            case GenerationEvent.ChoiceFinished finished:
                if (tokens.TakeRest(finished.Choice) is { } rest)
                {
                    dialect.WriteText(stream, finished.Choice, "", rest);
                }

                dialect.WriteFinished(stream, finished.Choice, finished.Reason);
                return false;
            case GenerationEvent.Completed completed:
                if (includeUsage)
                {
                    dialect.WriteUsage(stream, completed.Usage);
                }

                return true;
            default:
                return false;
        }
    }

    private async Task<bool> NextAsync(EventStream stream, Task<bool> move, CancellationToken cancellationToken)
    {
        if (!move.IsCompleted)
        {
            await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
            while (!await ArrivesInTimeAsync(move).ConfigureAwait(false))
            {
                stream.WriteHeartbeat();
                await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        return await move.ConfigureAwait(false);
    }

    /// <summary>Waits for the engine, at most one heartbeat long; its exception is thrown.</summary>
    private async Task<bool> ArrivesInTimeAsync(Task<bool> move)
    {
        try
        {
            await move.WaitAsync(options.Value.HeartbeatInterval, time).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException) when (!move.IsCompleted)
        {
            return false;
        }
    }

    private async Task<StreamBrokenException> FailAsync(HttpContext context, Generation generation, EventStream stream, Exception failure)
    {
        OpenAiError error = Explain(context, generation, failure) ?? OpenAiError.Internal;
        Log.StreamFailed(logger, failure, context.TraceIdentifier, error.Code);
        stream.Write(ErrorBody.Of(error), WireJson.Wire.ErrorBody);
        await stream.FlushAsync(context.RequestAborted).ConfigureAwait(false);
        return new StreamBrokenException(error, failure);
    }

    /// <summary>The refusal or the shutdown behind an exception; null when it is a failure of ours or the client went.</summary>
    private OpenAiError? Explain(HttpContext context, Generation generation, Exception exception) => exception switch
    {
        EngineRefusedException refusal => EngineErrors.Translate(refusal, generation.Model.Name, generation.PromptParam),
        OperationCanceledException when drain.Deadline.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested => OpenAiError.ShuttingDown,
        _ => null,
    };

    /// <summary>Frees the engine's slot, whatever state the enumeration is in: an enumerator may not be disposed while it moves.</summary>
    private static async Task EndAsync(IAsyncEnumerator<GenerationEvent> events, Task<bool>? move, CancellationTokenSource stop)
    {
        await stop.CancelAsync().ConfigureAwait(false);
        if (move is not null)
        {
            await ((Task)move).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await events.DisposeAsync().ConfigureAwait(false);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 4020, Level = LogLevel.Error, Message = "A stream broke, {RequestId}, {Code}")]
        public static partial void StreamFailed(ILogger logger, Exception exception, string requestId, string? code);
    }
}
