using System.Globalization;

namespace Lazuli.Cli;

/// <summary>The model and the time that suit this machine and a budget, as overrides of <c>recipes/quickstart.yaml</c>.</summary>
internal sealed record QuickstartPlan(int Width, int Heads, int FeedForwardWidth, double TrainingMinutes, double PeakGigaflopPerSecond)
{
    // Share of the multiply-add peak that a whole step of such small models reaches here; measured, see docs/lab/LOG.md.
    private const double AssumedShare = 0.55;

    // Tokens that a model of each width wants before the next width pays; found by trial at 1 to 20 minutes, see docs/lab/LOG.md.
    private static readonly (int Width, int Heads, int FeedForward, double FlopPerToken)[] s_sizes =
    [
        (128, 4, 352, 1.4e7),
        (192, 6, 512, 2.1e7),
        (256, 8, 704, 3.3e7),
        (384, 6, 1024, 6.3e7),
    ];

    private const double TokensWanted = 1.0e6;

    /// <summary>The widest model that still sees enough tokens.</summary>
    public static QuickstartPlan For(double peakGigaflopPerSecond, double trainingMinutes)
    {
        double flop = peakGigaflopPerSecond * 1e9 * AssumedShare * trainingMinutes * 60;
        (int width, int heads, int feedForward, _) = s_sizes.Where((s, i) => i == 0 || flop / s.FlopPerToken >= TokensWanted).Last();
        return new QuickstartPlan(width, heads, feedForward, trainingMinutes, peakGigaflopPerSecond);
    }

    /// <summary>The plan as <c>path=value</c> overrides.</summary>
    public IReadOnlyList<string> Overrides() =>
    [
        Set("model.width", Width),
        Set("model.heads", Heads),
        Set("model.feedForwardWidth", FeedForwardWidth),
        Set("duration.minutes", Math.Round(TrainingMinutes, 2)),
    ];

    private static string Set(string path, IFormattable value) => $"{path}={value.ToString(null, CultureInfo.InvariantCulture)}";
}
