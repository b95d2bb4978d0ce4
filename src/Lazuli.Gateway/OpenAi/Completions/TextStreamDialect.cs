using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>Text frames: no opening, text, an empty text with the reason, usage.</summary>
internal sealed class TextStreamDialect(ResponseIdentity identity, bool includeUsage) : IStreamDialect
{
    private readonly Dictionary<int, int> _offsets = []; // characters told of each choice

    public void WriteOpening(EventStream stream)
    {
        // This older form has no role to tell.
    }

    public void WriteText(EventStream stream, int choice, string text, IReadOnlyList<GenerationEvent.TokenChosen>? tokens)
    {
        TextLogprobs? logprobs = null;
        if (tokens is not null)
        {
            int offset = _offsets.GetValueOrDefault(choice);
            logprobs = TextLogprobs.Of(tokens, offset);
            _offsets[choice] = offset + tokens.Sum(TextLogprobs.LengthOf);
        }

        Write(stream, [new TextChoice(text, choice, logprobs, FinishReason: null)], usage: null);
    }

    public void WriteFinished(EventStream stream, int choice, FinishReason reason) =>
        Write(stream, [new TextChoice("", choice, Logprobs: null, FinishReasonNames.Name(reason))], usage: null);

    public void WriteUsage(EventStream stream, TokenUsage usage) => Write(stream, [], UsageBody.Of(usage));

    private void Write(EventStream stream, IReadOnlyList<TextChoice> choices, UsageBody? usage)
    {
        const string Object = "text_completion";
        if (includeUsage)
        {
            stream.Write(new TextChunkWithUsage(identity.Id, Object, identity.Created, identity.Model, identity.SystemFingerprint, choices, usage), WireJson.Wire.TextChunkWithUsage);
        }
        else
        {
            stream.Write(new TextChunk(identity.Id, Object, identity.Created, identity.Model, identity.SystemFingerprint, choices), WireJson.Wire.TextChunk);
        }
    }
}
