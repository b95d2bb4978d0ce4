using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>Log-probabilities as JSON can have them.</summary>
internal static class WireLogprob
{
    /// <summary>Stands for minus infinity, which JSON lacks; other servers write the same number.</summary>
    public const double Impossible = -9999;

    public static double Of(TokenLogProbability token) => Math.Max(token.LogProbability, Impossible);
}
