namespace Lazuli.Contracts;

/// <summary>A prompt and continuations to score.</summary>
/// <remarks>
/// A continuation that is text is read as one text with a prompt that is text: <c>prompt + continuation</c> is cut into tokens whole, and the continuation's tokens are those after the longest
/// beginning that it shares with the prompt's own. So a token that reaches over the border counts to the continuation. Everything else is cut by itself and put together.
/// </remarks>
public sealed record ScoreRequest
{
    /// <summary>What comes before; null where continuations are whole texts. Their first token then has no probability, since nothing precedes it.</summary>
    public GenerationPrompt? Prompt { get; init; }

    /// <summary>Texts or token ids to score, each at least one token.</summary>
    public required IReadOnlyList<GenerationPrompt> Continuations { get; init; }

    /// <summary>How many of the likeliest tokens are told beside each.</summary>
    /// <value>Default 0; to 20.</value>
    public int TopLogProbabilities { get; init; }

    /// <summary>Whom its compute is counted to; changes nothing about the scores.</summary>
    public ComputeParty? Party { get; init; }

    /// <summary>Hears what this request takes; null when nobody asks. Changes nothing about the answer.</summary>
    public IRequestMeter? Meter { get; init; }

    /// <summary>Lower goes first, whoever asked.</summary>
    /// <value>Default 0.</value>
    public int Priority { get; init; }
}

/// <summary>Scores, in the order of the continuations.</summary>
/// <param name="Continuations">One a continuation.</param>
/// <param name="Usage">Exact counts: the prompt's tokens once, and those of all continuations; nothing is generated.</param>
public sealed record ScoreResult(IReadOnlyList<ContinuationScore> Continuations, TokenUsage Usage);

/// <summary>How likely a continuation is.</summary>
/// <param name="LogProbability">Sum over its tokens, in their order.</param>
/// <param name="Tokens">Its tokens.</param>
public sealed record ContinuationScore(double LogProbability, IReadOnlyList<ScoredToken> Tokens)
{
    /// <summary>Whether the model itself, taking the likeliest token each time, would have written it.</summary>
    public bool IsGreedy => Tokens.All(t => t.IsGreedy);
}

/// <summary>A token of a given text.</summary>
/// <param name="Token">The token; its log-probability is not a number where nothing precedes it.</param>
/// <param name="IsGreedy">Whether no token is likelier; of equally likely ones the lowest id counts. True where nothing precedes it.</param>
/// <param name="Likeliest">The likeliest tokens there, likeliest first; none where nothing precedes.</param>
public sealed record ScoredToken(TokenLogProbability Token, bool IsGreedy, IReadOnlyList<TokenLogProbability> Likeliest);
