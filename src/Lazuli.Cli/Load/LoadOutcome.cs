namespace Lazuli.Cli;

/// <summary>What became of one request. Times in seconds since the level began.</summary>
internal sealed record LoadOutcome
{
    /// <summary>When it was due; without a rate, when it was sent.</summary>
    public required double Due { get; init; }

    /// <summary>When it was over.</summary>
    public required double End { get; init; }

    /// <summary>When each frame with text came.</summary>
    public IReadOnlyList<double> TextAt { get; init; } = [];

    /// <summary>The server's count of the prompt's tokens.</summary>
    public int PromptTokens { get; init; }

    /// <summary>Those of them that the server had in its cache, where it says so.</summary>
    public int CachedTokens { get; init; }

    /// <summary>The server's count of the answer's tokens.</summary>
    public int CompletionTokens { get; init; }

    /// <summary>Why it failed; null when it did not.</summary>
    public LoadFailure? Failure { get; init; }
}
