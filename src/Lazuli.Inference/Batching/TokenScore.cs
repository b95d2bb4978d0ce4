namespace Lazuli.Inference;

/// <summary>How likely a model holds a given token.</summary>
/// <param name="LogProbability">Natural logarithm of its probability.</param>
/// <param name="IsGreedy">Whether no token is likelier; of equals the lowest id counts.</param>
/// <param name="Likeliest">The likeliest tokens there and their log-probabilities, likeliest first.</param>
internal readonly record struct TokenScore(double LogProbability, bool IsGreedy, (int Id, double LogProbability)[] Likeliest);
