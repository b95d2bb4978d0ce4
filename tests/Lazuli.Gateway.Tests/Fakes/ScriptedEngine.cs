using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using Lazuli.Contracts;

namespace Lazuli.Gateway.Tests;

/// <summary>An engine that says what a test tells it to, and tells what was asked of it.</summary>
internal sealed class ScriptedEngine : IChatEngine, IEmbeddingEngine
{
    public delegate IAsyncEnumerable<GenerationEvent> Script(GenerationRequest request, CancellationToken cancellationToken);

    public ConcurrentQueue<GenerationRequest> Requests { get; } = [];

    /// <summary>Completed when the token given to a generation is cancelled or its enumeration ends early.</summary>
    public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Script Play { get; set; } = (request, _) => Say(request, ["Hello", ", ", "wörld 🌍"]);

    public int ContextLength { get; set; } = 100;

    public bool SupportsChat { get; set; } = true;

    public int EmbeddingWidth => 4;

    public bool CanShortenEmbeddings => false;

    public ConcurrentQueue<EmbeddingRequest> Embeddings { get; } = [];

    public Func<EmbeddingRequest, CancellationToken, Task<EmbeddingResult>> Embed { get; set; } = (request, _) => Task.FromResult(new EmbeddingResult(
        [.. request.Inputs.Select((_, i) => (ReadOnlyMemory<float>)new[] { 0.5f, -0.25f * i, 1e-7f, 0 })], new TokenUsage(3 * request.Inputs.Count, 0, 1)));

    public int QueuedRequests => 0;

    /// <summary>Whether it takes requests.</summary>
    public bool IsFull { get; set; }

    public bool HasRoom(ComputeParty? party) => !IsFull;

    /// <summary>A word is a token.</summary>
    public int CountPromptTokens(GenerationPrompt prompt) => prompt switch
    {
        GenerationPrompt.Chat chat => chat.Messages.Sum(message => Words(message.Content)),
        GenerationPrompt.Text text => Words(text.Content),
        GenerationPrompt.Tokens tokens => tokens.Ids.Max() < 1000 ? tokens.Ids.Count : throw new ArgumentException($"Token id {tokens.Ids.Max()} is not in the vocabulary of 1000."),
        _ => 0,
    };

    public int CountInputTokens(GenerationPrompt input) => CountPromptTokens(input);

    public Task<EmbeddingResult> EmbedAsync(EmbeddingRequest request, CancellationToken cancellationToken)
    {
        Embeddings.Enqueue(request);
        return Embed(request, cancellationToken);
    }

    public async IAsyncEnumerable<GenerationEvent> GenerateAsync(GenerationRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Requests.Enqueue(request);
        request.Meter?.Begin();
        bool isOver = false;
        try
        {
            await foreach (GenerationEvent next in Play(request, cancellationToken).WithCancellation(cancellationToken))
            {
                isOver |= next is GenerationEvent.Completed;
                request.Meter?.Record(new EngineWork(request.Party, isOver ? 1 : 0, 0, next is GenerationEvent.TextDelta ? 1 : 0, 100, 0.001)); // a piece of text is a token
                yield return next;
            }
        }
        finally
        {
            if (!isOver)
            {
                request.Meter?.Record(new EngineWork(request.Party, 1, 0, 0, 0, 0));
            }

            if (cancellationToken.IsCancellationRequested)
            {
                Ended.TrySetResult();
            }
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Every choice says the pieces, in turns, and stops.</summary>
    public static async IAsyncEnumerable<GenerationEvent> Say(GenerationRequest request, string[] pieces, FinishReason reason = FinishReason.Stop)
    {
        foreach (string piece in pieces)
        {
            for (int choice = 0; choice < request.Choices; choice++)
            {
                if (request.TopLogProbabilities is { } top)
                {
                    yield return new GenerationEvent.TokenChosen(choice, Token(piece, -0.5), [.. Enumerable.Range(0, top).Select(i => i == 0 ? Token(piece, -0.5) : Token("other", double.NegativeInfinity))]);
                }

                yield return new GenerationEvent.TextDelta(choice, piece);
            }

            await Task.Yield();
        }

        for (int choice = 0; choice < request.Choices; choice++)
        {
            yield return new GenerationEvent.ChoiceFinished(choice, reason);
        }

        yield return new GenerationEvent.Completed(new TokenUsage(7, pieces.Length * request.Choices, 2));
    }

    /// <summary>Every choice begins with a mark and the prompt's words, whose first has no probability, and goes on as <see cref="Say"/> does.</summary>
    public static async IAsyncEnumerable<GenerationEvent> Echo(GenerationRequest request, string[] words)
    {
        string text = ((GenerationPrompt.Text)request.Prompt).Content;
        for (int choice = 0; choice < request.Choices && request.TopLogProbabilities is { } top; choice++)
        {
            yield return new GenerationEvent.TokenChosen(choice, new TokenLogProbability(0, "<s>", ReadOnlyMemory<byte>.Empty, double.NaN), []);
            foreach (string word in text.Split(' '))
            {
                yield return new GenerationEvent.TokenChosen(choice, Token(word == text.Split(' ')[0] ? word : " " + word, -1.25), [.. Enumerable.Range(0, top).Select(_ => Token("best", -0.125))]);
            }
        }

        for (int choice = 0; choice < request.Choices; choice++)
        {
            yield return new GenerationEvent.TextDelta(choice, text);
        }

        await foreach (GenerationEvent next in Say(request, request.MaxTokens == 0 ? [] : words, request.MaxTokens == 0 ? FinishReason.Length : FinishReason.Stop))
        {
            if (next is GenerationEvent.ChoiceFinished { Reason: FinishReason.Stop } finished && request.TopLogProbabilities is not null)
            {
                yield return new GenerationEvent.TokenChosen(finished.Choice, new TokenLogProbability(0, "</s>", ReadOnlyMemory<byte>.Empty, -2), []); // the end makes no text
            }

            yield return next;
        }
    }

    /// <summary>Says one piece, then nothing until cancelled.</summary>
    public static async IAsyncEnumerable<GenerationEvent> SayThenHang(string piece, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new GenerationEvent.TextDelta(0, piece);
        await Task.Delay(Timeout.Infinite, cancellationToken);
    }

    /// <summary>Says one piece, then breaks.</summary>
    public static async IAsyncEnumerable<GenerationEvent> SayThenThrow(string piece, Exception exception)
    {
        yield return new GenerationEvent.TextDelta(0, piece);
        await Task.Yield();
        throw exception;
    }

    /// <summary>Refuses at once.</summary>
    public static async IAsyncEnumerable<GenerationEvent> Throw(Exception exception)
    {
        await Task.Yield();
        throw exception;
#pragma warning disable CS0162 // makes this method an iterator
        yield break;
#pragma warning restore CS0162
    }

    private static TokenLogProbability Token(string text, double logProbability) => new(1, text, Encoding.UTF8.GetBytes(text), logProbability);

    private static int Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
}
