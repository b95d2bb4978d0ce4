using System.Text;
using Lazuli.Models;

namespace Lazuli.Training;

/// <summary>Turns documents into ids. Safe for use by several threads.</summary>
internal sealed class DocumentEncoder(ITokenizer tokenizer, LossScope loss)
{
    private readonly ChatTemplate? _template = ChatTemplate.Fits(tokenizer) ? new ChatTemplate(tokenizer) : null;

    /// <summary>Begins every document and pads rows.</summary>
    public int EndOfTextId { get; } = tokenizer.SpecialTokens.TryGetValue(ChatTemplate.EndOfText, out int id)
        ? id
        : throw new ArgumentException($"The tokenizer has no special token {ChatTemplate.EndOfText}, which separates documents.", nameof(tokenizer));

    public EncodedDocument Encode(CorpusDocument document)
    {
        var ids = new List<int>();
        var counts = new List<bool>();
        if (document.Turns is null)
        {
            ids.Add(EndOfTextId);
            tokenizer.Encode(Encoding.UTF8.GetBytes(document.Text!), ids);
        }
        else if (_template is null)
        {
            throw new ArgumentException("The corpus holds dialogues, but the tokenizer has no marks for turns.", nameof(document));
        }
        else
        {
            _template.Encode(document.Turns, addGenerationPrompt: false, ids, loss == LossScope.Answers ? counts : null);
        }

        for (int i = counts.Count; i < ids.Count; i++)
        {
            counts.Add(true);
        }

        return new EncodedDocument(document.Split, ids, counts, document.Turns is null);
    }
}
