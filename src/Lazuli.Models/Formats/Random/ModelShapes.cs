using System.Globalization;

namespace Lazuli.Models;

/// <summary>Shapes of models by family and size.</summary>
public static class ModelShapes
{
    private const int Vocabulary = 32_000;
    private const int MaxLayers = 512;

    /// <summary>The families that <see cref="Of"/> knows.</summary>
    public static IReadOnlyList<string> Families { get; } = ["llama", "qwen2", "qwen3", "gpt2"];

    /// <summary>A shape of a family with about so many parameters: for Llama the known ones of 15M, 110M and 1.1B, else one of usual proportions whose count is nearest.</summary>
    /// <param name="family">One of <see cref="Families"/>.</param>
    /// <param name="parameters">Number of parameters.</param>
    /// <param name="context">Longest sequence.</param>
    /// <exception cref="ArgumentException">There is no such family, or no shape of that size.</exception>
    public static ModelConfig Of(string family, long parameters, int context)
    {
        if (!Families.Contains(family, StringComparer.Ordinal))
        {
            throw new ArgumentException($"There is no family '{family}'; known are {string.Join(", ", Families)}.", nameof(family));
        }

        ModelConfig? known = (family, parameters) switch
        {
            ("llama", 15_000_000) => Shape(family, context, width: 288, layers: 6, heads: 6, keyValueHeads: 6, feedForward: 768, tied: true),
            ("llama", 110_000_000) => Shape(family, context, width: 768, layers: 12, heads: 12, keyValueHeads: 12, feedForward: 2_048, tied: true),
            ("llama", 1_100_000_000) => Shape(family, context, width: 2_048, layers: 22, heads: 32, keyValueHeads: 4, feedForward: 5_632, tied: false),
            _ => null,
        };
        return known ?? Nearest(family, parameters, context);
    }

    /// <summary>Among widths that are multiples of 64, those whose count is within 3 % (else the nearest); of these the one whose depth is most usual for its width.</summary>
    private static ModelConfig Nearest(string family, long parameters, int context)
    {
        (ModelConfig Config, double Miss, double Unusual)? best = null;
        for (int width = 64; width <= 16_384; width += width < 1_024 ? 64 : 256)
        {
            bool tied = family == "gpt2" || parameters < 800_000_000;
            int headSize = family == "gpt2" || width < 1_024 ? 64 : 128;
            int heads = Math.Max(1, width / headSize);
            int keyValueHeads = family == "gpt2" || heads % 4 != 0 ? heads : heads / 4;
            int feedForward = family == "gpt2" ? 4 * width : (width * 11 / 4 + 255) / 256 * 256;
            ModelConfig Deep(int layers) => Shape(family, context, width, layers, heads, keyValueHeads, feedForward, tied);
            long one = new ParameterTable(Deep(1)).ParameterCount;
            long each = new ParameterTable(Deep(2)).ParameterCount - one;
            int layers = (int)Math.Clamp(1 + Math.Round((parameters - one) / (double)each), 1, MaxLayers);
            double miss = Math.Abs(one + (each * (layers - 1.0)) - parameters) / parameters;
            double unusual = Math.Abs(Math.Log(layers / (6 + (width / 128.0))));
            double rounded = miss <= 0.03 ? 0 : miss;
            if (best is not { } b || rounded < b.Miss || (rounded == b.Miss && unusual < b.Unusual))
            {
                best = (Deep(layers), rounded, unusual);
            }
        }

        return best is { Miss: <= 0.25 } found
            ? found.Config
            : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"There is no {family} shape of about {parameters:N0} parameters with a vocabulary of {Vocabulary:N0}."), nameof(parameters));
    }

    private static ModelConfig Shape(string family, int context, int width, int layers, int heads, int keyValueHeads, int feedForward, bool tied) => new()
    {
        Family = family == "gpt2" ? ModelFamily.Gpt2 : ModelFamily.Llama,
        VocabularySize = Vocabulary,
        ContextLength = context,
        Layers = layers,
        Width = width,
        Heads = heads,
        KeyValueHeads = keyValueHeads,
        HeadSize = width / heads,
        FeedForwardWidth = feedForward,
        QkvBias = family == "qwen2",
        QueryKeyNorm = family == "qwen3",
        TiedHead = tied,
    };
}
