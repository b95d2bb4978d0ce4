using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>Chat frames: the role first, text, an empty delta with the reason, usage.</summary>
internal sealed class ChatStreamDialect(ResponseIdentity identity, int choices, bool includeUsage, bool hasLogprobs) : IStreamDialect
{
    private static readonly ChatDelta s_nothing = new();

    public void WriteOpening(EventStream stream)
    {
        for (int choice = 0; choice < choices; choice++)
        {
            WriteChoice(stream, choice, new ChatOpeningDelta("assistant", "", Refusal: null), hasLogprobs ? ChatLogprobs.Of([]) : null, finishReason: null);
        }
    }

    public void WriteText(EventStream stream, int choice, string text, IReadOnlyList<GenerationEvent.TokenChosen>? tokens) =>
        WriteChoice(stream, choice, new ChatTextDelta(text), tokens is null ? null : ChatLogprobs.Of(tokens), finishReason: null);

    public void WriteFinished(EventStream stream, int choice, FinishReason reason) => WriteChoice(stream, choice, s_nothing, logprobs: null, FinishReasonNames.Name(reason));

    public void WriteUsage(EventStream stream, TokenUsage usage) => Write(stream, [], UsageBody.Of(usage));

    private void WriteChoice(EventStream stream, int choice, ChatDelta delta, ChatLogprobs? logprobs, string? finishReason) =>
        Write(stream, [new ChatChunkChoice(choice, delta, logprobs, finishReason)], usage: null);

    private void Write(EventStream stream, IReadOnlyList<ChatChunkChoice> choiceList, UsageBody? usage)
    {
        const string Object = "chat.completion.chunk";
        if (includeUsage)
        {
            stream.Write(
                new ChatChunkWithUsage(identity.Id, Object, identity.Created, identity.Model, ResponseIdentity.DefaultServiceTier, identity.SystemFingerprint, choiceList, usage),
                WireJson.Wire.ChatChunkWithUsage);
        }
        else
        {
            stream.Write(
                new ChatChunk(identity.Id, Object, identity.Created, identity.Model, ResponseIdentity.DefaultServiceTier, identity.SystemFingerprint, choiceList),
                WireJson.Wire.ChatChunk);
        }
    }
}
