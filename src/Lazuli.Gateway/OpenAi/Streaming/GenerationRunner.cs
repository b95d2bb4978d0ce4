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
    public async Task<(IReadOnlyList<ChoiceText> Choices, TokenUsage Usage)> CollectAsync(HttpContext context, Generation generation, AdmittedCall call)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, drain.Deadline, call.Stop);
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
                        call.Completed(completed.Usage);
                        break;
                }
            }
        }
        catch (OperationCanceledException) when (call.End is CallEnd.LimitReached)
        {
            usage = call.UsageAtLimit();
            for (int choice = 0; choice < reasons.Length; choice++)
            {
                reasons[choice] ??= FinishReason.Length;
            }
        }
        catch (Exception e) when (Explain(context, generation, call, e) is { } error)
        {
            throw new RequestRefusedException(error);
        }

        if (usage is not { } counts || reasons.Any(reason => reason is null))
        {
            throw new InvalidOperationException("The engine ended without finishing every choice.");
        }

        await call.SettleAsync().ConfigureAwait(false);
        return ([.. texts.Select((text, i) => new ChoiceText(text?.ToString() ?? "", reasons[i]!.Value, waiting.IsWanted ? tokens[i] ?? [] : null))], counts);
    }

    /// <summary>Writes the choices as they come.</summary>
    /// <remarks>
    /// (1) Wait for the first event, so that a refusal is still a plain error response; when it takes long, send the headers anyway.
    /// (2) Write frames, flushing whenever the engine has nothing more ready. (3) While it is silent, send heartbeats.
    /// (4) Settle, so that whoever saw the end is charged for exactly that; then end with the usage, if wanted, and [DONE]; or, after a failure, with an error frame and a broken connection:
    /// the frame alone is ignored by some clients, and a clean end would look like success.
    /// </remarks>
    /// <exception cref="RequestRefusedException">The engine refused before anything was sent.</exception>
    /// <exception cref="StreamBrokenException">The stream failed after it began.</exception>
    public async Task StreamAsync(HttpContext context, Generation generation, AdmittedCall call, IStreamDialect dialect, bool includeUsage)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, drain.Deadline, call.Stop);
        IAsyncEnumerator<GenerationEvent> events = generation.RunAsync(stop.Token).GetAsyncEnumerator(stop.Token);
        Task<bool>? move = null;
        try
        {
            move = events.MoveNextAsync().AsTask();
            try
            {
                await ArrivesInTimeAsync(move).ConfigureAwait(false);
            }
            catch (Exception e) when (call.End is not CallEnd.LimitReached && Explain(context, generation, call, e) is { } error)
            {
                throw new RequestRefusedException(error);
            }

            await using EventStream stream = await EventStream.StartAsync(context).ConfigureAwait(false);
            dialect.WriteOpening(stream);
            try
            {
                var unfinished = new HashSet<int>(Enumerable.Range(0, generation.TotalChoices));
                TokenUsage usage = await CopyAsync(stream, dialect, unfinished).ConfigureAwait(false);
                await EndAsync(events, move, stop).ConfigureAwait(false);
                await call.SettleAsync().ConfigureAwait(false);
                foreach (int choice in unfinished)
                {
                    dialect.WriteFinished(stream, choice, FinishReason.Length);
                }

                if (includeUsage)
                {
                    dialect.WriteUsage(stream, usage);
                }

                stream.WriteDone();
                await stream.FlushAsync(context.RequestAborted).ConfigureAwait(false);
            }
            catch (Exception e) when (!context.RequestAborted.IsCancellationRequested && !stream.ClientGone)
            {
                throw await FailAsync(context, generation, call, stream, e).ConfigureAwait(false);
            }
        }
        finally
        {
            await EndAsync(events, move, stop).ConfigureAwait(false);
        }

        async Task<TokenUsage> CopyAsync(EventStream stream, IStreamDialect dialect, HashSet<int> unfinished)
        {
            var tokens = new ChosenTokens(generation);
            try
            {
                while (await NextAsync(stream, move, stop.Token).ConfigureAwait(false))
                {
                    if (events.Current is GenerationEvent.Completed completed)
                    {
                        call.Completed(completed.Usage);
                        return completed.Usage;
                    }

                    Write(stream, dialect, events.Current, tokens, unfinished);
                    move = events.MoveNextAsync().AsTask();
                }
            }
            catch (OperationCanceledException) when (call.End is CallEnd.LimitReached && !context.RequestAborted.IsCancellationRequested)
            {
                return call.UsageAtLimit();
            }

            throw new InvalidOperationException("The engine ended without completing.");
        }
    }

    /// <summary>Writes one event's frame.</summary>
    private static void Write(EventStream stream, IStreamDialect dialect, GenerationEvent next, ChosenTokens tokens, HashSet<int> unfinished)
    {
        switch (next)
        {
            case GenerationEvent.TextDelta delta when delta.Text.Length > 0:
                dialect.WriteText(stream, delta.Choice, delta.Text, tokens.Take(delta.Choice));
                break;
            case GenerationEvent.TokenChosen token:
                tokens.Add(token);
                break;
            case GenerationEvent.ChoiceFinished finished:
                if (tokens.TakeRest(finished.Choice) is { } rest)
                {
                    dialect.WriteText(stream, finished.Choice, "", rest);
                }

                dialect.WriteFinished(stream, finished.Choice, finished.Reason);
                unfinished.Remove(finished.Choice);
                break;
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

    private async Task<StreamBrokenException> FailAsync(HttpContext context, Generation generation, AdmittedCall call, EventStream stream, Exception failure)
    {
        OpenAiError error = Explain(context, generation, call, failure) ?? OpenAiError.Internal;
        if (call.End is CallEnd.Revoked)
        {
            Log.StreamRevoked(logger, context.TraceIdentifier, error.Code); // as it must be: no failure of ours
        }
        else
        {
            Log.StreamFailed(logger, failure, context.TraceIdentifier, error.Code);
        }

        stream.Write(ErrorBody.Of(error), WireJson.Wire.ErrorBody);
        await stream.FlushAsync(context.RequestAborted).ConfigureAwait(false);
        return new StreamBrokenException(error, failure);
    }

    /// <summary>The refusal or the shutdown behind an exception; null when it is a failure of ours or the client went.</summary>
    private OpenAiError? Explain(HttpContext context, Generation generation, AdmittedCall call, Exception exception)
    {
        if (exception is not OperationCanceledException)
        {
            call.EngineFailed();
        }

        return exception switch
        {
            EngineRefusedException refusal => EngineErrors.Translate(refusal, generation.Model.Name, generation.PromptParam),
            OperationCanceledException when call.End is CallEnd.Revoked revoked => revoked.Error,
            OperationCanceledException when call.End is CallEnd.MeterLost lost => lost.Error,
            OperationCanceledException when drain.Deadline.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested => OpenAiError.ShuttingDown,
            _ => null,
        };
    }

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
        [LoggerMessage(EventId = 4021, Level = LogLevel.Information, Message = "A stream was ended because its licence does not hold any more, {RequestId}, {Code}")]
        public static partial void StreamRevoked(ILogger logger, string requestId, string? code);

        [LoggerMessage(EventId = 4020, Level = LogLevel.Error, Message = "A stream broke, {RequestId}, {Code}")]
        public static partial void StreamFailed(ILogger logger, Exception exception, string requestId, string? code);
    }
}
