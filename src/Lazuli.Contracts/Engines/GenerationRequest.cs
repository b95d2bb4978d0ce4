using System.Collections.ObjectModel;

namespace Lazuli.Contracts;

/// <summary>What to continue: a dialogue or plain text.</summary>
public abstract record GenerationPrompt
{
    private GenerationPrompt()
    {
    }

    /// <summary>A dialogue; the model answers as the assistant.</summary>
    public sealed record Chat(IReadOnlyList<ChatMessage> Messages) : GenerationPrompt;

    /// <summary>Text to continue.</summary>
    public sealed record Text(string Content) : GenerationPrompt;

    /// <summary>Token ids to continue, as they are.</summary>
    public sealed record Tokens(IReadOnlyList<int> Ids) : GenerationPrompt;
}

/// <summary>One message; <paramref name="Role"/> is system, user or assistant.</summary>
public sealed record ChatMessage(string Role, string Content);

/// <summary>A prompt and how to continue it.</summary>
public sealed record GenerationRequest
{
    /// <summary>What to continue.</summary>
    public required GenerationPrompt Prompt { get; init; }

    /// <summary>How to choose tokens.</summary>
    public SamplingOptions Sampling { get; init; } = new();

    /// <summary>Whether each choice begins with the prompt itself: its text and, where log-probabilities are wanted, its tokens with theirs. The token that ends a choice is then told too.</summary>
    public bool Echo { get; init; }

    /// <summary>Most tokens to generate for a choice; null means up to the context's end. 0 only with <see cref="Echo"/>.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Strings that end the text when they appear; they are not part of it. At most 4.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>Whom its compute is counted to; changes nothing about the answer.</summary>
    public ComputeParty? Party { get; init; }

    /// <summary>Hears what this request takes; null when nobody asks. Changes nothing about the answer.</summary>
    public IRequestMeter? Meter { get; init; }

    /// <summary>Lower goes first: before all requests of a higher number, whoever asked. Changes nothing about the answer.</summary>
    /// <value>Default 0.</value>
    public int Priority { get; init; }

    /// <summary>What the answer must be; null for any text.</summary>
    public OutputConstraint? Constraint { get; init; }

    /// <summary>Whether log-probabilities are wanted, and of how many of the likeliest tokens beside the chosen one.</summary>
    /// <value>Default null: none are wanted; from 0 to 20.</value>
    public int? TopLogProbabilities { get; init; }

    /// <summary>Independent choices for the one prompt.</summary>
    /// <value>Default 1; from 1 to 128.</value>
    public int Choices { get; init; } = 1;
}

/// <summary>How the next token is chosen.</summary>
public sealed record SamplingOptions
{
    /// <summary>0 takes the likeliest token.</summary>
    /// <value>Default 1; from 0 to 2.</value>
    public double Temperature { get; init; } = 1;

    /// <summary>Only the smallest set of likeliest tokens whose probabilities sum to this.</summary>
    /// <value>Default 1 (all); above 0, at most 1.</value>
    public double TopP { get; init; } = 1;

    /// <summary>Only this many likeliest tokens; 0 means all.</summary>
    public int TopK { get; init; }

    /// <summary>Only tokens at least this share as likely as the likeliest, after temperature.</summary>
    /// <value>Default 0 (all); from 0 to 1.</value>
    public double MinP { get; init; }

    /// <summary>Taken from the logit of every token that the answer has already.</summary>
    /// <value>Default 0; from -2 to 2.</value>
    public double PresencePenalty { get; init; }

    /// <summary>Taken from the logit of a token for each time that the answer has it already.</summary>
    /// <value>Default 0; from -2 to 2.</value>
    public double FrequencyPenalty { get; init; }

    /// <summary>Divides positive logits, and multiplies negative ones, of tokens that prompt or answer have already (Keskar et al. 2019).</summary>
    /// <value>Default 1 (nothing); above 0, at most 10.</value>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>Added to the logits of these tokens before anything else; -100 or less forbids a token.</summary>
    /// <value>Default none; ids of the vocabulary, from -100 to 100.</value>
    public IReadOnlyDictionary<int, double> LogitBias { get; init; } = ReadOnlyDictionary<int, double>.Empty;

    /// <summary>Key of the random numbers; null lets the engine choose one.</summary>
    public long? Seed { get; init; }
}
