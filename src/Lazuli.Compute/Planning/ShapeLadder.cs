namespace Lazuli.Compute;

/// <summary>The real shapes that a plan may choose from: heads of 64, width near a fixed multiple of depth, feed-forward 8/3 of the width.</summary>
/// <remarks>
/// <para>Width ÷ layers is about 64, as in GPT-2 124M (768 ÷ 12) and this project's 15M recipe (384 ÷ 6), and grows to 128 at 80 layers, as in published models of
/// 65 to 175 billion (8,192 ÷ 80, 12,288 ÷ 96). Feed-forward: 8/3 of the width, rounded up to 64 (Shazeer 2020; Touvron et al. 2023).</para>
/// <para>Vocabulary, where it is not given: the largest power of two whose head is at most <see cref="HeadShare"/> of all parameters. Rows, where they are not
/// given: longer for larger models.</para>
/// </remarks>
public static class ShapeLadder
{
    /// <summary>Channels of a head.</summary>
    public const int HeadSize = 64;

    /// <summary>Largest share of the parameters that the head takes.</summary>
    public const double HeadShare = 0.3;

    private const int ShallowLayers = 3; // few heads: wider bounds, so that sizes stay close to each other

    private static readonly int[] s_layers = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 16, 18, 20, 22, 24, 28, 32, 36, 40, 44, 48, 56, 64, 72, 80, 96, 112, 128, 160, 192, 224, 256];
    private static readonly int[] s_vocabularies = [512, 1024, 2048, 4096, 8192, 16384, 32768, 65536, 131072];

    // Parameters up to which rows are that long: the recipes of this project, then those of published models.
    private static readonly (double Parameters, int Context)[] s_contexts = [(3e6, 128), (1e8, 256), (3e8, 512), (1e9, 1024), (1e10, 2048), (1e11, 4096), (double.MaxValue, 8192)];

    /// <summary>All shapes, smallest first.</summary>
    /// <param name="vocabularySize">Vocabulary of every shape; null to choose by size.</param>
    /// <param name="contextLength">Row of every shape in tokens; null to choose by size.</param>
    public static IReadOnlyList<ModelShape> Shapes(int? vocabularySize = null, int? contextLength = null)
    {
        var shapes = new List<ModelShape>();
        foreach (int layers in s_layers)
        {
            double aspect = 64 * (1 + Math.Clamp((layers - 12) / 68.0, 0, 1));
            (double least, double most) = layers <= ShallowLayers ? (0.5, 2) : (0.75, 1.35);
            for (int width = HeadSize * (int)Math.Ceiling(least * aspect * layers / HeadSize); width <= most * aspect * layers; width += Step(width))
            {
                shapes.Add(Shape(layers, width, vocabularySize, contextLength));
            }
        }

        shapes.Sort((a, b) => a.ParameterCount.CompareTo(b.ParameterCount));
        return shapes;
    }

    /// <summary>The shape whose parameters are nearest to <paramref name="parameters"/>, as a ratio.</summary>
    public static ModelShape Nearest(IReadOnlyList<ModelShape> shapes, double parameters) =>
        shapes.MinBy(s => Math.Abs(Math.Log(s.ParameterCount / parameters)))!;

    private static ModelShape Shape(int layers, int width, int? vocabularySize, int? contextLength)
    {
        var shape = new ModelShape
        {
            Layers = layers,
            Width = width,
            Heads = width / HeadSize,
            KeyValueHeads = width / HeadSize,
            HeadSize = HeadSize,
            FeedForwardWidth = ((8 * width / 3) + HeadSize - 1) / HeadSize * HeadSize,
            VocabularySize = 1,
            ContextLength = 1,
        };
        double blocks = shape.ParameterCount;
        int vocabulary = vocabularySize ?? s_vocabularies.LastOrDefault(v => (double)v * width <= HeadShare * (blocks + ((double)v * width)), s_vocabularies[0]);
        shape = shape with { VocabularySize = vocabulary };
        return shape with { ContextLength = contextLength ?? s_contexts.First(c => shape.ParameterCount <= c.Parameters).Context };
    }

    /// <summary>An eighth of the width or less, in whole heads.</summary>
    private static int Step(int width) => HeadSize * (1 << System.Numerics.BitOperations.Log2((uint)Math.Max(1, width / 512)));
}
