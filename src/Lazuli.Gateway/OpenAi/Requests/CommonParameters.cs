using System.Collections.ObjectModel;
using System.Globalization;
using System.Text.Json;
using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>The parameters that chat and text completions share.</summary>
internal sealed record CommonParameters
{
    private const int MaxChoices = 128;
    private const int MaxStops = 4;
    private const int MaxMetadataPairs = 16;
    private const int MaxBiases = 1024;

    // 0 asks for the likeliest token alone. The engine wants a share above 0, and any this small means the same.
    private const double SmallestTopP = 1e-9;

    public required string Model { get; init; }

    public required SamplingOptions Sampling { get; init; }

    public required IReadOnlyList<string> Stop { get; init; }

    public required int Choices { get; init; }

    /// <summary>How many of the likeliest tokens to tell beside each chosen one; null for no log-probabilities.</summary>
    public int? TopLogProbabilities { get; init; }

    /// <summary>Lower goes first. From 0, the default: a request can give way to others, not push ahead of them.</summary>
    public int Priority { get; init; }

    /// <summary>What answers must be; null for any text.</summary>
    public OutputConstraint? Constraint { get; init; }

    public required bool Stream { get; init; }

    public required bool IncludeUsage { get; init; }

    public static CommonParameters Read(RequestFields fields)
    {
        bool stream = fields.Boolean("stream") ?? false;
        CheckIgnored(fields);
        RefuseUnsupported(fields);
        string? model = fields.String("model");
        return new CommonParameters
        {
            Model = string.IsNullOrEmpty(model) ? throw RequestFields.Refuse("you must provide a model parameter", "model") : model,
            Sampling = new SamplingOptions
            {
                Temperature = fields.Number("temperature", 0, 2) ?? 1,
                TopP = Math.Max(fields.Number("top_p", 0, 1) ?? 1, SmallestTopP),
                TopK = fields.Integer("top_k", 0, int.MaxValue) ?? 0,
                MinP = fields.Number("min_p", 0, 1) ?? 0,
                PresencePenalty = fields.Number("presence_penalty", -2, 2) ?? 0,
                FrequencyPenalty = fields.Number("frequency_penalty", -2, 2) ?? 0,
                RepetitionPenalty = fields.Number("repetition_penalty", 0.01, 10) ?? 1,
                LogitBias = ReadLogitBias(fields),
                Seed = fields.Long("seed"),
            },
            Stop = ReadStop(fields),
            Choices = fields.Integer("n", 1, MaxChoices) ?? 1,
            Constraint = AnswerFormat.Read(fields),
            Priority = fields.Integer("priority", 0, int.MaxValue) ?? 0,
            Stream = stream,
            IncludeUsage = ReadIncludeUsage(fields, stream),
        };
    }

    /// <summary>What the engine is asked for one prompt.</summary>
    public GenerationRequest ToGeneration(GenerationPrompt prompt, int? maxTokens) => new()
    {
        Prompt = prompt,
        Sampling = Sampling,
        MaxTokens = maxTokens,
        Stop = Stop,
        Choices = Choices,
        TopLogProbabilities = TopLogProbabilities,
        Constraint = Constraint,
        Priority = Priority,
    };

    private static IReadOnlyDictionary<int, double> ReadLogitBias(RequestFields fields)
    {
        if (fields.Find("logit_bias") is not { } map)
        {
            return ReadOnlyDictionary<int, double>.Empty;
        }

        _ = RequestFields.ReadObject(map, "logit_bias");
        var biases = new Dictionary<int, double>();
        foreach (JsonProperty property in map.EnumerateObject())
        {
            string path = $"logit_bias.{property.Name}";
            if (!int.TryParse(property.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int id))
            {
                throw RequestFields.Refuse($"Invalid key in 'logit_bias': {property.Name}. Keys are token ids.", "logit_bias");
            }

            if (property.Value.ValueKind != JsonValueKind.Number || !property.Value.TryGetDouble(out double bias))
            {
                throw RequestFields.WrongType(path, "a number", property.Value);
            }

            biases[id] = bias is >= -100 and <= 100 ? bias : throw RequestFields.Refuse($"Invalid '{path}': a bias is from -100 to 100.", "logit_bias");
        }

        return biases.Count switch
        {
            0 => ReadOnlyDictionary<int, double>.Empty,
            > MaxBiases => throw RequestFields.Refuse($"Invalid 'logit_bias': expected at most {MaxBiases} tokens, but got {biases.Count}.", "logit_bias"),
            _ => biases,
        };
    }

    private static bool ReadIncludeUsage(RequestFields fields, bool stream)
    {
        if (fields.Object("stream_options") is not { } options)
        {
            return false;
        }

        if (!stream)
        {
            throw RequestFields.Refuse("The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options");
        }

        _ = options.Boolean("include_obfuscation");
        return options.Boolean("include_usage") ?? false;
    }

    private static IReadOnlyList<string> ReadStop(RequestFields fields)
    {
        if (fields.Find("stop") is not { } value)
        {
            return [];
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            return [ReadStopString(value, "stop")];
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            throw RequestFields.WrongType("stop", "a string or an array of strings", value);
        }

        int count = value.GetArrayLength();
        return count is < 1 or > MaxStops
            ? throw RequestFields.Refuse($"Invalid 'stop': expected 1 to {MaxStops} strings, but got {count}.", "stop")
            : [.. value.EnumerateArray().Select((item, i) => ReadStopString(item, $"stop[{i}]"))];
    }

    private static string ReadStopString(JsonElement value, string param)
    {
        string text = RequestFields.ReadString(value, param);
        return text.Length > 0 ? text : throw RequestFields.Refuse($"Invalid '{param}': a stop string is not empty.", param);
    }

    /// <summary>Parameters that change nothing here; their types are still checked.</summary>
    private static void CheckIgnored(RequestFields fields)
    {
        _ = fields.String("user");
        _ = fields.String("safety_identifier");
        _ = fields.String("prompt_cache_key");
        _ = fields.String("service_tier");
        _ = fields.String("reasoning_effort");
        _ = fields.String("verbosity");
        _ = fields.Boolean("store");
        _ = fields.Boolean("parallel_tool_calls");
        if (fields.Find("metadata") is { } metadata)
        {
            _ = RequestFields.ReadObject(metadata, "metadata");
            if (metadata.EnumerateObject().Count() is int pairs and > MaxMetadataPairs)
            {
                throw RequestFields.Refuse($"Invalid 'metadata': expected at most {MaxMetadataPairs} pairs, but got {pairs}.", "metadata");
            }
        }
    }

    /// <summary>Parameters whose absence would change the answer, so that ignoring them would be a lie.</summary>
    private static void RefuseUnsupported(RequestFields fields)
    {
        if (fields.Find("moderation") is not null)
        {
            throw Unsupported("'moderation' is", "moderation");
        }
    }

    public static RequestRefusedException Unsupported(string what, string param) => new(OpenAiError.Unsupported(what, param));
}
