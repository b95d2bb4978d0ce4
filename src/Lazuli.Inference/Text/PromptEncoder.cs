using System.Text;
using Lazuli.Contracts;
using Lazuli.Models;

namespace Lazuli.Inference;

/// <summary>Renders prompts to token ids and knows which ids end an answer.</summary>
internal sealed class PromptEncoder
{
    /// <summary>Marks that end a text or a turn in the formats of the field; a tokenizer has the ones its model was trained with.</summary>
    private static readonly string[] EndMarks =
        [ChatTemplate.EndOfText, ChatTemplate.EndOfTurn, "<|end_of_text|>", "<|eot_id|>", "<|im_end|>", "</s>"];

    private readonly ITokenizer _tokenizer;
    private readonly IChatFormat? _chat;
    private readonly string _noChat = "its tokenizer lacks the marks of turns";
    private readonly int? _beginOfText;
    private readonly int? _addedEnd;
    private readonly int _modelVocabularySize;
    private readonly bool[] _isSpecial;
    private readonly bool[] _isEnd;
    private readonly Dictionary<int, string> _specialNames = [];

    /// <param name="text">What the model's files say about text.</param>
    /// <param name="modelVocabularySize">Rows of the model's embedding; ids above cannot be fed.</param>
    public PromptEncoder(ModelText text, int modelVocabularySize)
    {
        ITokenizer tokenizer = text.Tokenizer;
        _tokenizer = tokenizer;
        _modelVocabularySize = modelVocabularySize;
        try
        {
            _chat = ChatTemplate.Fits(tokenizer) && text.ChatTemplate is null or ChatTemplate.Jinja ? new OwnChatFormat(tokenizer)
                : text.ChatTemplate is not null ? new PublishedChatFormat(text)
                : null;
        }
        catch (JinjaException e)
        {
            _noChat = e.Message; // the model still continues texts
        }

        _beginOfText = text.AddsBegin ? text.BeginId : null;
        _addedEnd = text.AddedEndId;
        _isSpecial = new bool[tokenizer.VocabularySize];
        _isEnd = new bool[tokenizer.VocabularySize];
        foreach ((string name, int special) in tokenizer.SpecialTokens)
        {
            _isSpecial[special] = tokenizer.KindOf(special) != TokenKind.UserDefined; // those are text, such as <think>
            _specialNames[special] = name;
            _isEnd[special] = EndMarks.Contains(name, StringComparer.Ordinal);
        }

        foreach (int stop in text.StopIds)
        {
            if ((uint)stop < (uint)_isEnd.Length)
            {
                _isEnd[stop] = true; // ids past the tokenizer are never chosen
            }
        }
    }

    /// <summary>Whether dialogues can be rendered.</summary>
    public bool SupportsChat => _chat is not null;

    /// <summary>Ids that can be generated.</summary>
    public int VocabularySize => _tokenizer.VocabularySize;

    /// <summary>Whether a token ends the choice. In a dialogue of our own format every mark does: after a role mark the turn is over, whoever speaks next.</summary>
    public bool Ends(int id, bool isChat) => _isEnd[id] || (isChat && _isSpecial[id] && _chat is { EveryMarkEnds: true });

    /// <summary>Ids that end an answer of the kind.</summary>
    public IEnumerable<int> EndIds(bool isChat) => Enumerable.Range(0, VocabularySize).Where(id => Ends(id, isChat));

    /// <summary>The vocabulary for grammars: the model's tokens, where only ids that end any answer end a constrained one.</summary>
    public GrammarVocabulary Vocabulary() => new(_tokenizer, EndIds(isChat: false));

    /// <summary>The bytes a token adds to the text: none for a special token.</summary>
    public ReadOnlySpan<byte> TextOf(int id) => _isSpecial[id] ? [] : _tokenizer.TokenBytes(id);

    /// <summary>A token for people: a special token's name, else its bytes as text, where bytes that are no whole characters show as U+FFFD.</summary>
    public string SpellingOf(int id) => _isSpecial[id] ? _specialNames[id] : Encoding.UTF8.GetString(_tokenizer.TokenBytes(id));

    /// <summary>The ids of a prompt.</summary>
    /// <exception cref="EngineRefusedException">A dialogue came, and the tokenizer has no chat format.</exception>
    /// <exception cref="ArgumentException">Unknown role, empty prompt, or an id outside the vocabulary.</exception>
    public int[] Encode(GenerationPrompt prompt)
    {
        var ids = new List<int>();
        switch (prompt)
        {
            case GenerationPrompt.Chat chat:
                EncodeChat(chat, ids);
                break;
            case GenerationPrompt.Text text:
                if (_beginOfText is int begin)
                {
                    ids.Add(begin); // every training sequence begins with it
                }

                _tokenizer.Encode(Encoding.UTF8.GetBytes(text.Content), ids);
                break;
            case GenerationPrompt.Tokens tokens:
                foreach (int id in tokens.Ids)
                {
                    if ((uint)id >= (uint)_modelVocabularySize)
                    {
                        throw new ArgumentException($"Token id {id} is not in the vocabulary of {_modelVocabularySize}.", nameof(prompt));
                    }

                    ids.Add(id);
                }

                break;
            default:
                throw new ArgumentException($"Unknown kind of prompt {prompt?.GetType().Name}.", nameof(prompt));
        }

        return ids.Count > 0 ? [.. ids] : throw new ArgumentException("The prompt is empty; there is nothing to continue.", nameof(prompt));
    }

    /// <summary>The ids of a text that is to become a vector: with the mark at its end, where the model's files add one.</summary>
    /// <exception cref="ArgumentException">It is empty, a dialogue, or has an id outside the vocabulary.</exception>
    public int[] EncodeInput(GenerationPrompt input) => input switch
    {
        GenerationPrompt.Chat => throw new ArgumentException("A dialogue has no vector; give a text.", nameof(input)),
        GenerationPrompt.Text { Content.Length: 0 } => throw new ArgumentException("The input is empty.", nameof(input)),
        GenerationPrompt.Text when _addedEnd is int end => [.. Encode(input), end],
        _ => Encode(input),
    };

    /// <summary>The ids of what goes on after others: nothing is put before them.</summary>
    /// <exception cref="ArgumentException">It is empty, a dialogue, or has an id outside the vocabulary.</exception>
    public int[] EncodeContinuation(GenerationPrompt continuation)
    {
        if (continuation is not GenerationPrompt.Text text)
        {
            return continuation is GenerationPrompt.Tokens ? Encode(continuation) : throw new ArgumentException("A continuation is a text or token ids.", nameof(continuation));
        }

        var ids = new List<int>();
        _tokenizer.Encode(Encoding.UTF8.GetBytes(text.Content), ids);
        return ids.Count > 0 ? [.. ids] : throw new ArgumentException("The continuation is empty; there is nothing to score.", nameof(continuation));
    }

    /// <summary>The text of ids, without special tokens; bytes that are no whole characters show as U+FFFD.</summary>
    public string Decode(ReadOnlySpan<int> ids)
    {
        var bytes = new List<byte>();
        foreach (int id in ids)
        {
            if (id < _isSpecial.Length)
            {
                bytes.AddRange(TextOf(id));
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    /// <summary>A token for people and programs.</summary>
    public TokenLogProbability Describe(int id, double logProbability) => id < _isSpecial.Length
        ? new TokenLogProbability(id, SpellingOf(id), TextOf(id).ToArray(), logProbability)
        : new TokenLogProbability(id, "", ReadOnlyMemory<byte>.Empty, logProbability);

    private void EncodeChat(GenerationPrompt.Chat chat, List<int> ids)
    {
        if (_chat is null)
        {
            throw new EngineRefusedException(EngineRefusal.ChatNotSupported, $"This model has no chat format: {_noChat}. Send a text prompt instead.");
        }

        if (chat.Messages.Count == 0)
        {
            throw new ArgumentException("The dialogue has no messages; at least one is needed.", nameof(chat));
        }

        _chat.Encode(chat.Messages, ids);
    }
}
