using System.Text.Json;
using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>A checked request for text completions: each prompt gives <see cref="CommonParameters.Choices"/> choices.</summary>
internal sealed record CompletionRequest(CommonParameters Common, IReadOnlyList<GenerationPrompt> Prompts, int MaxTokens)
{
    /// <summary>What OpenAI's older route generates when the request does not say.</summary>
    private const int DefaultMaxTokens = 16;

    private const int MaxAllChoices = 128;

    public static CompletionRequest Read(JsonElement body)
    {
        var fields = new RequestFields(body);
        // A number here, a switch in chat; 0 still asks for the chosen tokens' log-probabilities.
        CommonParameters common = CommonParameters.Read(fields) with { TopLogProbabilities = fields.Integer("logprobs", 0, 5) };
        RefuseUnsupported(fields, common.Choices);
        IReadOnlyList<GenerationPrompt> prompts = ReadPrompts(fields.Find("prompt") ?? throw RequestFields.Missing("prompt"));
        return (long)prompts.Count * common.Choices > MaxAllChoices
            ? throw RequestFields.Refuse($"{prompts.Count} prompts of {common.Choices} choices are more than {MaxAllChoices} choices in one request.", "prompt")
            : new CompletionRequest(common, prompts, fields.Integer("max_tokens", 1, int.MaxValue) ?? DefaultMaxTokens);
    }

    /// <summary>A string, strings, token ids, or arrays of token ids: four forms, told apart by the first element.</summary>
    private static IReadOnlyList<GenerationPrompt> ReadPrompts(JsonElement prompt)
    {
        if (prompt.ValueKind == JsonValueKind.String)
        {
            return [new GenerationPrompt.Text(RequestFields.ReadString(prompt, "prompt"))];
        }

        if (prompt.ValueKind != JsonValueKind.Array)
        {
            throw RequestFields.WrongType("prompt", "a string, an array of strings, an array of tokens or an array of token arrays", prompt);
        }

        if (prompt.GetArrayLength() == 0)
        {
            throw RequestFields.Refuse("[] is too short - 'prompt'", "prompt");
        }

        return prompt[0].ValueKind switch
        {
            JsonValueKind.String => [.. prompt.EnumerateArray().Select((item, i) => new GenerationPrompt.Text(RequestFields.ReadString(item, $"prompt[{i}]")))],
            JsonValueKind.Number => [ReadTokens(prompt, "prompt")],
            JsonValueKind.Array => [.. prompt.EnumerateArray().Select((item, i) => ReadTokens(item, $"prompt[{i}]"))],
            _ => throw RequestFields.WrongType("prompt[0]", "a string, a token or an array of tokens", prompt[0]),
        };
    }

    private static GenerationPrompt.Tokens ReadTokens(JsonElement array, string path)
    {
        if (array.ValueKind != JsonValueKind.Array)
        {
            throw RequestFields.WrongType(path, "an array of tokens", array);
        }

        var ids = new List<int>(array.GetArrayLength());
        foreach (JsonElement item in array.EnumerateArray())
        {
            ids.Add(item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out int id) && id >= 0
                ? id
                : throw RequestFields.Refuse($"Invalid '{path}[{ids.Count}]': a token is an integer from 0.", path));
        }

        return ids.Count > 0 ? new GenerationPrompt.Tokens(ids) : throw RequestFields.Refuse($"[] is too short - '{path}'", path);
    }

    private static void RefuseUnsupported(RequestFields fields, int choices)
    {
        if (fields.Boolean("echo") == true)
        {
            throw CommonParameters.Unsupported("'echo' is", "echo");
        }

        if (!string.IsNullOrEmpty(fields.String("suffix")))
        {
            throw CommonParameters.Unsupported("'suffix' is", "suffix");
        }

        if (fields.Integer("best_of", 1, 20) is { } bestOf && bestOf != choices)
        {
            throw CommonParameters.Unsupported("A 'best_of' other than 'n' is", "best_of");
        }
    }
}
