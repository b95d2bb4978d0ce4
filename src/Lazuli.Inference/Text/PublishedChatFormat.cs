using Lazuli.Contracts;
using Lazuli.Models;

namespace Lazuli.Inference;

/// <summary>The format of a published model: its own template.</summary>
internal sealed class PublishedChatFormat : IChatFormat
{
    private readonly PublishedChatTemplate _template;

    /// <exception cref="JinjaException">The template cannot be parsed.</exception>
    public PublishedChatFormat(ModelText text)
    {
        ITokenizer tokenizer = text.Tokenizer;
        _template = new PublishedChatTemplate(text.ChatTemplate!, tokenizer, TextOf(text.BeginId), text.StopIds.Select(id => TextOf(id)).FirstOrDefault(t => t is not null));

        string? TextOf(int? id) => tokenizer.SpecialTokens.Where(t => t.Value == id).Select(t => t.Key).FirstOrDefault();
    }

    public bool EveryMarkEnds => false; // it may have marks for thoughts and tools

    public void Encode(IReadOnlyList<ChatMessage> messages, List<int> ids)
    {
        try
        {
            _template.Encode([.. messages.Select(m => new ChatTemplateMessage(m.Role, m.Content))], addGenerationPrompt: true, ids);
        }
        catch (JinjaException e)
        {
            throw new ArgumentException(e.Message, nameof(messages), e);
        }
    }
}
