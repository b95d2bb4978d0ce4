using Lazuli.Contracts;

namespace Lazuli.Inference;

/// <summary>Turns a dialogue into the ids of a prompt that the assistant's answer continues.</summary>
internal interface IChatFormat
{
    /// <summary>Whether every special token ends an answer, since the format has no others than marks of turns.</summary>
    bool EveryMarkEnds { get; }

    /// <summary>Appends the ids.</summary>
    /// <exception cref="ArgumentException">The format refuses the dialogue; the message says why.</exception>
    void Encode(IReadOnlyList<ChatMessage> messages, List<int> ids);
}
