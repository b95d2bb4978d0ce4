using System.Text.Json.Serialization;

namespace Lazuli.Models;

/// <summary>The shape of a decoder-only transformer: everything needed to lay out its parameters and run it.</summary>
public sealed record ModelConfig
{
    /// <summary>Kind of block.</summary>
    public required ModelFamily Family { get; init; }

    /// <summary>Rows of the embedding, special tokens included; at least 1.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Longest sequence in tokens.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Number of blocks.</summary>
    public required int Layers { get; init; }

    /// <summary>Channels of the residual stream.</summary>
    public required int Width { get; init; }

    /// <summary>Query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Key and value heads; divides <see cref="Heads"/>.</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>Channels of a head; even for Llama (rotary pairs). Usually Width / Heads.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Hidden width of the feed-forward part.</summary>
    public required int FeedForwardWidth { get; init; }

    /// <summary>Added under the root of a norm.</summary>
    public float NormEpsilon { get; init; } = 1e-5f;

    /// <summary>Base of the rotary frequencies; Llama only.</summary>
    public double RopeBase { get; init; } = 10_000;

    /// <summary>How the rotary frequencies are stretched; null when they are not. Llama only.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] // checkpoints of trained shapes stay as they were
    public RopeScaling? RopeScaling { get; init; }

    /// <summary>Whether the query, key and value projections have biases, as Qwen 2's do; Llama only (GPT-2 always has them).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] // checkpoints of trained shapes stay as they were
    public bool QkvBias { get; init; }

    /// <summary>Whether each head's query and key pass an RMSNorm before they are turned, as Qwen 3's do; Llama only.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] // checkpoints of trained shapes stay as they were
    public bool QueryKeyNorm { get; init; }

    /// <summary>Whether the head is the embedding matrix itself.</summary>
    public bool TiedHead { get; init; } = true;

    /// <summary>Words for what this shape has that only inference knows: training builds plain blocks. Empty when it can be trained.</summary>
    public IReadOnlyList<string> InferenceOnlyParts()
    {
        var parts = new List<string>();
        if (RopeScaling is not null)
        {
            parts.Add("scaled rotary positions");
        }

        if (QkvBias)
        {
            parts.Add("biases on query, key and value");
        }

        if (QueryKeyNorm)
        {
            parts.Add("norms on query and key heads");
        }

        return parts;
    }

    /// <summary>Everything that is wrong with this shape, in words that name the field; empty when it can be built.</summary>
    public IReadOnlyList<string> FindErrors()
    {
        var errors = new List<string>();
        Positive(VocabularySize, "vocabularySize");
        Positive(ContextLength, "contextLength");
        Positive(Layers, "layers");
        Positive(Width, "width");
        Positive(Heads, "heads");
        Positive(KeyValueHeads, "keyValueHeads");
        Positive(HeadSize, "headSize");
        Positive(FeedForwardWidth, "feedForwardWidth");
        if (errors.Count > 0)
        {
            return errors;
        }

        if (Heads % KeyValueHeads != 0)
        {
            errors.Add($"heads ({Heads}) is not divisible by keyValueHeads ({KeyValueHeads}).");
        }

        if (Family == ModelFamily.Llama && HeadSize % 2 != 0)
        {
            errors.Add($"headSize ({HeadSize}) is odd; rotary positions need pairs.");
        }

        if (Family == ModelFamily.Gpt2 && Heads * HeadSize != Width)
        {
            errors.Add($"width ({Width}) is not heads ({Heads}) × headSize ({HeadSize}).");
        }

        if (Family == ModelFamily.Gpt2 && KeyValueHeads != Heads)
        {
            errors.Add($"keyValueHeads ({KeyValueHeads}) differs from heads ({Heads}); GPT-2 has no grouped queries.");
        }

        if (Family == ModelFamily.Gpt2 && !TiedHead)
        {
            errors.Add("tiedHead is false; GPT-2's head is its embedding.");
        }

        if (Family == ModelFamily.Gpt2 && (RopeScaling is not null || QkvBias || QueryKeyNorm))
        {
            errors.Add("ropeScaling, qkvBias and queryKeyNorm are Llama's; GPT-2 has its biases always and no rotary positions.");
        }

        if (RopeScaling?.FindError(HeadSize) is string scaling)
        {
            errors.Add(scaling);
        }

        if (!(NormEpsilon > 0))
        {
            errors.Add($"normEpsilon ({NormEpsilon}) is not above 0.");
        }

        return errors;

        void Positive(int value, string name)
        {
            if (value <= 0)
            {
                errors.Add($"{name} is {value}; it must be at least 1.");
            }
        }
    }
}
