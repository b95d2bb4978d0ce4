using System.Globalization;
using Lazuli.Models;
using Lazuli.Training;

namespace Lazuli.Cli;

/// <summary>The model and the time that suit this machine and a budget, as overrides of <c>recipes/quickstart.yaml</c>.</summary>
internal sealed record QuickstartPlan(int Width, int Heads, int FeedForwardWidth, double TrainingMinutes)
{
    // Share of the multiply-add peak that whole steps of such small models reach; measured, see docs/lab/LOG.md.
    private const double AssumedShare = 0.5;

    // A wider model pays only once it sees about so many tokens: below, the narrower one is better after the same time (docs/lab/LOG.md).
    private const double TokensWanted = 2.5e6;

    // Small models have heads of 32 channels: copying takes several heads, and attention over 128 tokens costs little. Larger ones have enough of 64.
    private static readonly (int Width, int Heads, int FeedForward)[] s_sizes = [(128, 4, 352), (192, 6, 512), (256, 8, 704), (384, 6, 1024), (512, 8, 1408)];

    /// <summary>The widest model that still sees enough tokens.</summary>
    public static QuickstartPlan For(Recipe recipe, double peakGigaflopPerSecond, double trainingMinutes)
    {
        double flop = peakGigaflopPerSecond * 1e9 * AssumedShare * trainingMinutes * 60;
        (int width, int heads, int feedForward) = s_sizes.Where((s, i) => i == 0 || flop / FlopPerToken(recipe, s) >= TokensWanted).Last();
        return new QuickstartPlan(width, heads, feedForward, trainingMinutes);
    }

    /// <summary>The plan as <c>path=value</c> overrides.</summary>
    public IReadOnlyList<string> Overrides() =>
    [
        Set("model.width", Width),
        Set("model.heads", Heads),
        Set("model.feedForwardWidth", FeedForwardWidth),
        Set("duration.minutes", Math.Round(TrainingMinutes, 2)),
    ];

    private static double FlopPerToken(Recipe recipe, (int Width, int Heads, int FeedForward) size)
    {
        ModelConfig config = (recipe.Model with { Width = size.Width, Heads = size.Heads, FeedForwardWidth = size.FeedForward }).ToConfig(recipe.Tokenizer.VocabularySize);
        return TrainingFlop.PerToken(config, config.ContextLength);
    }

    private static string Set(string path, IFormattable value) => $"{path}={value.ToString(null, CultureInfo.InvariantCulture)}";
}
