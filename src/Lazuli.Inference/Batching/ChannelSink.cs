using System.Threading.Channels;
using Lazuli.Contracts;

namespace Lazuli.Inference;

/// <summary>Hands a job's events to one reader through a channel.</summary>
/// <remarks>The channel has no bound of its own, so writing never blocks the scheduler; what a slow reader can pile up is bounded by the tokens a request may generate.</remarks>
internal sealed class ChannelSink : IGenerationSink
{
    private readonly Channel<GenerationEvent> _channel = Channel.CreateUnbounded<GenerationEvent>(
        new UnboundedChannelOptions { SingleReader = true, SingleWriter = true, AllowSynchronousContinuations = false });

    public ChannelReader<GenerationEvent> Reader => _channel.Reader;

    public void Token(int choice, TokenLogProbability token, IReadOnlyList<TokenLogProbability> likeliest) => _channel.Writer.TryWrite(new GenerationEvent.TokenChosen(choice, token, likeliest));

    public void Text(int choice, ReadOnlySpan<char> text) => _channel.Writer.TryWrite(new GenerationEvent.TextDelta(choice, text.ToString()));

    public void ChoiceFinished(int choice, FinishReason reason) => _channel.Writer.TryWrite(new GenerationEvent.ChoiceFinished(choice, reason));

    public void Completed(TokenUsage usage)
    {
        _channel.Writer.TryWrite(new GenerationEvent.Completed(usage));
        _channel.Writer.TryComplete();
    }

    /// <remarks>A cancelled stream just ends: its reader knows, and throws with the caller's own token.</remarks>
    public void Failed(Exception reason) => _channel.Writer.TryComplete(reason is OperationCanceledException ? null : reason);
}
