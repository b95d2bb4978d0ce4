using System.Text;

namespace Lazuli.Models;

/// <summary>Our chat format: each turn is <c>&lt;|role|&gt;</c> content <c>&lt;|end|&gt;</c>; one token a mark, so small models spend their context on words.</summary>
/// <remarks>Content is encoded as plain text: the text of a mark inside a message never becomes the mark.</remarks>
public sealed class ChatTemplate
{
    /// <summary>Separates documents; begins every sequence.</summary>
    public const string EndOfText = "<|endoftext|>";

    /// <summary>Ends a turn; generation stops at it.</summary>
    public const string EndOfTurn = "<|end|>";

    /// <summary>The special tokens in order of id, as a tokenizer for this format must have them.</summary>
    public static IReadOnlyList<string> SpecialTokens { get; } = [EndOfText, "<|system|>", "<|user|>", "<|assistant|>", EndOfTurn];

    /// <summary>The same format as a Jinja template, for other programs.</summary>
    public const string Jinja =
        "{{ bos_token }}{% for message in messages %}{{ '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}";

    private readonly ITokenizer _tokenizer;

    /// <summary>Binds the format to a tokenizer.</summary>
    /// <exception cref="ArgumentException">The tokenizer lacks one of <see cref="SpecialTokens"/>.</exception>
    public ChatTemplate(ITokenizer tokenizer)
    {
        foreach (string token in SpecialTokens)
        {
            if (!tokenizer.SpecialTokens.ContainsKey(token))
            {
                throw new ArgumentException($"The tokenizer has no special token {token}; it was not made for chat.", nameof(tokenizer));
            }
        }

        _tokenizer = tokenizer;
        EndOfTextId = tokenizer.SpecialTokens[EndOfText];
        EndOfTurnId = tokenizer.SpecialTokens[EndOfTurn];
    }

    /// <summary>Whether <paramref name="tokenizer"/> can carry this format.</summary>
    public static bool Fits(ITokenizer tokenizer) => SpecialTokens.All(tokenizer.SpecialTokens.ContainsKey);

    /// <summary>Id of <see cref="EndOfText"/>.</summary>
    public int EndOfTextId { get; }

    /// <summary>Id of <see cref="EndOfTurn"/>.</summary>
    public int EndOfTurnId { get; }

    /// <summary>Appends a dialogue's ids. Where <paramref name="isAnswer"/> is given it receives, for each id, whether it is a token an assistant must produce (content and end mark).</summary>
    /// <exception cref="ArgumentException">A role is not system, user or assistant.</exception>
    public void Encode(IEnumerable<ChatTurn> turns, bool addGenerationPrompt, List<int> ids, List<bool>? isAnswer = null)
    {
        Add(EndOfTextId, false);
        foreach (ChatTurn turn in turns)
        {
            Add(RoleId(turn.Role), false);
            int start = ids.Count;
            _tokenizer.Encode(Encoding.UTF8.GetBytes(turn.Content), ids);
            bool answer = turn.Role == "assistant";
            for (int i = start; i < ids.Count; i++)
            {
                isAnswer?.Add(answer);
            }

            Add(EndOfTurnId, answer);
        }

        if (addGenerationPrompt)
        {
            Add(RoleId("assistant"), false);
        }

        void Add(int id, bool answer)
        {
            ids.Add(id);
            isAnswer?.Add(answer);
        }
    }

    private int RoleId(string role) => role is "system" or "user" or "assistant"
        ? _tokenizer.SpecialTokens[$"<|{role}|>"]
        : throw new ArgumentException($"Unknown role '{role}'; expected system, user or assistant.", nameof(role));
}
