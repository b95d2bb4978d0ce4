using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>Log-probabilities of a choice or of a frame's share of it; both keys are always written.</summary>
internal sealed record ChatLogprobs(IReadOnlyList<ChatTokenLogprob> Content, IReadOnlyList<ChatTokenLogprob>? Refusal)
{
    public static ChatLogprobs Of(IReadOnlyList<GenerationEvent.TokenChosen> tokens) => new([.. tokens.Select(ChatTokenLogprob.Of)], Refusal: null);
}

/// <summary>A token, its natural log-probability, and the likeliest beside it.</summary>
internal sealed record ChatTokenLogprob(string Token, double Logprob, IReadOnlyList<int>? Bytes, IReadOnlyList<ChatTopLogprob> TopLogprobs)
{
    public static ChatTokenLogprob Of(GenerationEvent.TokenChosen chosen) =>
        new(chosen.Token.Text, WireLogprob.Of(chosen.Token), ChatTopLogprob.BytesOf(chosen.Token), [.. chosen.Likeliest.Select(ChatTopLogprob.Of)]);
}

/// <summary>One of the likeliest tokens.</summary>
internal sealed record ChatTopLogprob(string Token, double Logprob, IReadOnlyList<int>? Bytes)
{
    public static ChatTopLogprob Of(TokenLogProbability token) => new(token.Text, WireLogprob.Of(token), BytesOf(token));

    /// <summary>Null for a special token, which has none.</summary>
    public static IReadOnlyList<int>? BytesOf(TokenLogProbability token) => token.Bytes.IsEmpty ? null : [.. token.Bytes.ToArray().Select(b => (int)b)];
}
