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

    /// <summary>Most tokens to generate for a choice; null means up to the context's end.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Strings that end the text when they appear; they are not part of it. At most 4.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>Whom its compute is counted to; changes nothing about the answer.</summary>
    public ComputeParty? Party { get; init; }

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

    /// <summary>Key of the random numbers; null lets the engine choose one.</summary>
    public long? Seed { get; init; }
}
