using System.Text.Json;
using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>A string, strings, token ids, or arrays of token ids: four forms of one field, told apart by the first element.</summary>
internal static class PromptForms
{
    /// <summary>The prompts of a field called <paramref name="name"/>, at least one.</summary>
    public static IReadOnlyList<GenerationPrompt> Read(JsonElement prompt, string name)
    {
        if (prompt.ValueKind == JsonValueKind.String)
        {
            return [new GenerationPrompt.Text(RequestFields.ReadString(prompt, name))];
        }

        if (prompt.ValueKind != JsonValueKind.Array)
        {
            throw RequestFields.WrongType(name, "a string, an array of strings, an array of tokens or an array of token arrays", prompt);
        }

        if (prompt.GetArrayLength() == 0)
        {
            throw RequestFields.Refuse($"[] is too short - '{name}'", name);
        }

        return prompt[0].ValueKind switch
        {
            JsonValueKind.String => [.. prompt.EnumerateArray().Select((item, i) => new GenerationPrompt.Text(RequestFields.ReadString(item, $"{name}[{i}]")))],
            JsonValueKind.Number => [ReadTokens(prompt, name)],
            JsonValueKind.Array => [.. prompt.EnumerateArray().Select((item, i) => ReadTokens(item, $"{name}[{i}]"))],
            _ => throw RequestFields.WrongType($"{name}[0]", "a string, a token or an array of tokens", prompt[0]),
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
}
