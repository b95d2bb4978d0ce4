using Lazuli.Contracts;
using Lazuli.Models;

namespace Lazuli.Inference;

/// <summary>The format of models trained here.</summary>
internal sealed class OwnChatFormat(ITokenizer tokenizer) : IChatFormat
{
    private readonly ChatTemplate _template = new(tokenizer);

    public bool EveryMarkEnds => true;

    public void Encode(IReadOnlyList<ChatMessage> messages, List<int> ids) =>
        _template.Encode(messages.Select(m => new ChatTurn(m.Role, m.Content)), addGenerationPrompt: true, ids);
}
