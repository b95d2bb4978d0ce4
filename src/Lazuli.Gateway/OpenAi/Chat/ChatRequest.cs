using System.Text;
using System.Text.Json;
using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>A checked request for a chat completion.</summary>
internal sealed record ChatRequest(CommonParameters Common, IReadOnlyList<ChatMessage> Messages, int? MaxTokens)
{
    public static ChatRequest Read(JsonElement body)
    {
        var fields = new RequestFields(body);
        CommonParameters common = CommonParameters.Read(fields) with { TopLogProbabilities = ReadLogprobs(fields) };
        RefuseUnsupported(fields);
        return new ChatRequest(common, ReadMessages(fields), ReadMaxTokens(fields));
    }

    /// <summary>A switch and a number, where the number wants the switch.</summary>
    private static int? ReadLogprobs(RequestFields fields)
    {
        bool wanted = fields.Boolean("logprobs") ?? false;
        int? likeliest = fields.Integer("top_logprobs", 0, 20);
        return !wanted && likeliest > 0
            ? throw RequestFields.Refuse("'top_logprobs' is only allowed when 'logprobs' is true.", "top_logprobs")
            : wanted ? likeliest ?? 0 : null;
    }

    private static int? ReadMaxTokens(RequestFields fields)
    {
        int? older = fields.Integer("max_tokens", 1, int.MaxValue);
        int? newer = fields.Integer("max_completion_tokens", 1, int.MaxValue);
        return older is not null && newer is not null && older != newer
            ? throw RequestFields.Refuse($"'max_tokens' ({older}) and 'max_completion_tokens' ({newer}) differ. Send 'max_completion_tokens' alone.", "max_tokens")
            : newer ?? older;
    }

    private static List<ChatMessage> ReadMessages(RequestFields fields)
    {
        JsonElement array = fields.Array("messages") ?? throw RequestFields.Missing("messages");
        var messages = new List<ChatMessage>(array.GetArrayLength());
        foreach (JsonElement item in array.EnumerateArray())
        {
            messages.Add(ReadMessage(item, $"messages[{messages.Count}]"));
        }

        return messages.Count > 0 ? messages : throw RequestFields.Refuse("[] is too short - 'messages'", "messages");
    }

    private static ChatMessage ReadMessage(JsonElement item, string path)
    {
        RequestFields fields = RequestFields.ReadObject(item, path);
        string role = fields.String("role") ?? throw RequestFields.Missing(fields.Path("role"));
        _ = fields.String("name");
        role = role switch
        {
            "system" or "user" or "assistant" => role,
            "developer" => "system", // the newer name of the same voice
            "tool" or "function" => throw CommonParameters.Unsupported($"The role '{role}' is", fields.Path("role")),
            _ => throw RequestFields.Refuse($"Invalid value for '{fields.Path("role")}': expected 'system', 'developer', 'user' or 'assistant', but got '{role}'.", fields.Path("role")),
        };
        foreach (string call in (ReadOnlySpan<string>)["tool_calls", "function_call", "audio"])
        {
            if (fields.Find(call) is { } value && !IsEmptyArray(value))
            {
                throw CommonParameters.Unsupported($"'{call}' in a message is", fields.Path(call));
            }
        }

        return new ChatMessage(role, ReadContent(fields));
    }

    private static string ReadContent(RequestFields message)
    {
        string path = message.Path("content");
        JsonElement content = message.Find("content") ?? throw RequestFields.Missing(path);
        return content.ValueKind switch
        {
            JsonValueKind.String => RequestFields.ReadString(content, path),
            JsonValueKind.Array => ReadParts(content, path),
            _ => throw RequestFields.WrongType(path, "a string or an array of content parts", content),
        };
    }

    /// <summary>Text parts, one a line.</summary>
    private static string ReadParts(JsonElement parts, string path)
    {
        if (IsEmptyArray(parts))
        {
            throw RequestFields.Refuse($"[] is too short - '{path}'", path);
        }

        var text = new StringBuilder();
        int i = 0;
        foreach (JsonElement item in parts.EnumerateArray())
        {
            RequestFields part = RequestFields.ReadObject(item, $"{path}[{i}]");
            string type = part.String("type") ?? throw RequestFields.Missing(part.Path("type"));
            if (type != "text")
            {
                throw CommonParameters.Unsupported($"Content of type '{type}' is", part.Path("type"));
            }

            text.Append(i++ > 0 ? "\n" : "").Append(part.String("text") ?? throw RequestFields.Missing(part.Path("text")));
        }

        return text.ToString();
    }

    private static void RefuseUnsupported(RequestFields fields)
    {
        foreach (string name in (ReadOnlySpan<string>)["tools", "functions"])
        {
            if (fields.Array(name) is { } list && !IsEmptyArray(list))
            {
                throw CommonParameters.Unsupported($"'{name}' are", name);
            }
        }

        foreach (string name in (ReadOnlySpan<string>)["tool_choice", "function_call"])
        {
            // Without tools, "none" and "auto" ask for what happens anyway.
            if (fields.Find(name) is { } choice && !(choice.ValueKind == JsonValueKind.String && RequestFields.ReadString(choice, name) is "none" or "auto"))
            {
                throw CommonParameters.Unsupported($"'{name}' is", name);
            }
        }

        if (fields.Array("modalities") is { } modalities && modalities.EnumerateArray().Any(m => m.ValueKind != JsonValueKind.String || RequestFields.ReadString(m, "modalities") != "text"))
        {
            throw CommonParameters.Unsupported("A modality other than 'text' is", "modalities");
        }

        foreach (string name in (ReadOnlySpan<string>)["audio", "web_search_options"])
        {
            if (fields.Find(name) is not null)
            {
                throw CommonParameters.Unsupported($"'{name}' is", name);
            }
        }
    }

    private static bool IsEmptyArray(JsonElement value) => value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0;
}
