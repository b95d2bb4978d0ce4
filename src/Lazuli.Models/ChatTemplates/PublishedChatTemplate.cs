using System.Text;
using System.Text.Json;

namespace Lazuli.Models;

/// <summary>The chat format of a published model: its own Jinja template and its tokenizer.</summary>
/// <remarks>
/// The text of a special token becomes that token only where the template wrote it, character by character. The same text in a message's content, a name, a
/// tool or any other value is plain text, however the template joins, cuts or changes it. Thread-safe.
/// </remarks>
public sealed class PublishedChatTemplate
{
    private readonly JinjaTemplate _template;
    private readonly ITokenizer _tokenizer;
    private readonly JinjaLimits _limits;
    private readonly TimeProvider _time;
    private readonly string? _beginText;
    private readonly string? _endText;

    /// <summary>Binds a template to a tokenizer.</summary>
    /// <param name="jinja">The template, as <c>chat_template</c> of <c>tokenizer_config.json</c>, <c>chat_template.jinja</c> or a GGUF file's <c>tokenizer.chat_template</c> has it.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="beginText">Text of the token that begins a sequence (<c>bos_token</c>), where the model has one.</param>
    /// <param name="endText">Text of the token that ends it (<c>eos_token</c>), where the model has one.</param>
    /// <param name="limits">Bounds; <see cref="JinjaLimits.Default"/> when null.</param>
    /// <param name="time">What <c>strftime_now</c> reads; the system's clock when null.</param>
    /// <exception cref="JinjaException">The template cannot be parsed.</exception>
    public PublishedChatTemplate(string jinja, ITokenizer tokenizer, string? beginText, string? endText, JinjaLimits? limits = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        _limits = limits ?? JinjaLimits.Default;
        _template = JinjaTemplate.Parse(jinja, _limits);
        _tokenizer = tokenizer;
        _time = time ?? TimeProvider.System;
        _beginText = beginText;
        _endText = endText;
    }

    /// <summary>The roles that messages may have. A template may refuse some of them.</summary>
    public static IReadOnlyList<string> Roles { get; } = ["system", "developer", "user", "assistant", "tool", "function", "ipython"];

    /// <summary>Renders a dialogue to text.</summary>
    /// <param name="messages">The dialogue.</param>
    /// <param name="addGenerationPrompt">Whether the text ends where the assistant's next answer begins.</param>
    /// <param name="tools">Descriptions of tools: an array in OpenAI's form; templates see none where null.</param>
    /// <param name="variables">More values by name, such as <c>enable_thinking</c>; they count as given.</param>
    /// <exception cref="JinjaException">The template fails, refuses the dialogue, or reaches a bound.</exception>
    /// <exception cref="ArgumentException">A role is unknown, or a variable has the name of a value that is always there.</exception>
    public RenderedPrompt Render(IReadOnlyList<ChatTemplateMessage> messages, bool addGenerationPrompt, JsonElement? tools = null, IReadOnlyDictionary<string, object?>? variables = null)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var values = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["messages"] = messages.Select(ValuesOf).ToList(),
            ["add_generation_prompt"] = addGenerationPrompt,
            ["tools"] = tools,
        };
        if (_beginText is not null)
        {
            values["bos_token"] = new TemplateText(_beginText);
        }

        if (_endText is not null)
        {
            values["eos_token"] = new TemplateText(_endText);
        }

        foreach ((string name, object? value) in variables ?? new Dictionary<string, object?>())
        {
            if (name is "messages" or "add_generation_prompt" or "tools" or "bos_token" or "eos_token" or "raise_exception")
            {
                throw new ArgumentException($"The variable '{name}' is set by the dialogue itself.", nameof(variables));
            }

            values[name] = value;
        }

        return _template.Render(values, _limits, _time);
    }

    /// <summary>Appends the ids of a dialogue; parameters and errors as <see cref="Render"/>.</summary>
    public void Encode(IReadOnlyList<ChatTemplateMessage> messages, bool addGenerationPrompt, List<int> ids, JsonElement? tools = null, IReadOnlyDictionary<string, object?>? variables = null) =>
        Encode(Render(messages, addGenerationPrompt, tools, variables), ids);

    /// <summary>
    /// Appends the ids of a rendered text: special tokens where the template wrote their texts (leftmost, the longest where several begin), with the white space around that they swallow;
    /// the rest as plain text.
    /// </summary>
    public void Encode(RenderedPrompt prompt, List<int> ids)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(ids);
        string text = prompt.Text;
        var written = new List<(int Start, int End)>();
        int place = 0, bytes = 0;
        foreach ((int start, int length, bool isGiven) in prompt.Parts)
        {
            int end = start + length;
            end += end < text.Length && char.IsLowSurrogate(text[end]) && char.IsHighSurrogate(text[end - 1]) ? 1 : 0; // a character that two parts share is one of bytes too
            int first = bytes;
            bytes += Encoding.UTF8.GetByteCount(text.AsSpan(place, Math.Max(0, end - place)));
            place = Math.Max(place, end);
            if (!isGiven && written is [.., (int before, int last)] && last == first)
            {
                written[^1] = (before, bytes);
            }
            else if (!isGiven)
            {
                written.Add((first, bytes));
            }
        }

        if (text.Length > 0)
        {
            _tokenizer.EncodeMarked(Encoding.UTF8.GetBytes(text), written, ids);
        }
    }

    private static Dictionary<string, object?> ValuesOf(ChatTemplateMessage message)
    {
        if (!Roles.Contains(message.Role, StringComparer.Ordinal))
        {
            throw new ArgumentException($"Unknown role '{message.Role}'; expected one of {string.Join(", ", Roles)}.", nameof(message));
        }

        var values = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["role"] = new TemplateText(message.Role), // one of a few words: templates join it into marks, as <|role|>
            ["content"] = message.Content,
        };
        AddWhereGiven(values, "tool_calls", message.ToolCalls);
        AddWhereGiven(values, "tool_call_id", message.ToolCallId);
        AddWhereGiven(values, "name", message.Name);
        AddWhereGiven(values, "reasoning_content", message.ReasoningContent);
        return values;
    }

    private static void AddWhereGiven(Dictionary<string, object?> values, string name, object? value)
    {
        if (value is not null)
        {
            values[name] = value;
        }
    }
}
