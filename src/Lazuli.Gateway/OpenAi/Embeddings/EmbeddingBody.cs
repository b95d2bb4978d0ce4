using System.Text.Json;
using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>A checked request for embeddings.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Inputs">Texts or token ids.</param>
/// <param name="IsBase64">Whether vectors go out as base64.</param>
/// <param name="Dimensions">Numbers of a vector; null for all.</param>
/// <param name="Pooling">Which states make a vector; null as the model says.</param>
/// <param name="Priority">Lower goes first.</param>
internal sealed record EmbeddingBody(string Model, IReadOnlyList<GenerationPrompt> Inputs, bool IsBase64, int? Dimensions, EmbeddingPooling? Pooling, int Priority)
{
    private const int MaxInputs = 2048;

    public static EmbeddingBody Read(JsonElement body)
    {
        var fields = new RequestFields(body);
        _ = fields.String("user");
        string? model = fields.String("model");
        IReadOnlyList<GenerationPrompt> inputs = PromptForms.Read(fields.Find("input") ?? throw RequestFields.Missing("input"), "input");
        if (inputs.Count > MaxInputs)
        {
            throw RequestFields.Refuse($"Invalid 'input': expected at most {MaxInputs} inputs, but got {inputs.Count}.", "input");
        }

        for (int i = 0; i < inputs.Count; i++)
        {
            if (inputs[i] is GenerationPrompt.Text { Content.Length: 0 })
            {
                throw RequestFields.Refuse("Invalid 'input': input cannot be an empty string.", inputs.Count == 1 ? "input" : $"input[{i}]");
            }
        }

        return new EmbeddingBody(
            string.IsNullOrEmpty(model) ? throw RequestFields.Refuse("you must provide a model parameter", "model") : model,
            inputs,
            OneOf(fields, "encoding_format", ("float", false), ("base64", true)) ?? false,
            fields.Integer("dimensions", 1, int.MaxValue),
            OneOf(fields, "pooling", ("mean", EmbeddingPooling.Mean), ("cls", EmbeddingPooling.First), ("last", EmbeddingPooling.Last)),
            fields.Integer("priority", 0, int.MaxValue) ?? 0);
    }

    private static T? OneOf<T>(RequestFields fields, string name, params (string Word, T Value)[] words)
        where T : struct
    {
        if (fields.String(name) is not { } given)
        {
            return null;
        }

        foreach ((string word, T value) in words)
        {
            if (word == given)
            {
                return value;
            }
        }

        throw RequestFields.Refuse($"Invalid value for '{name}': expected {string.Join(" or ", words.Select(w => $"'{w.Word}'"))}, but got '{given}'.", name);
    }
}
