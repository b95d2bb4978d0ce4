namespace Lazuli.Numerics;

/// <summary>What the steps of one chunk of rows of the fused head share.</summary>
/// <remarks>
/// Logits are kept transposed, in panels of <c>W</c> rows: <c>[rows / W][V][W]</c>. So they are written by a product whose left
/// operand is the weight where it lies, softmax runs with one row in each vector lane, and both gradient products read them as
/// they are. Statistics are kept for strips of the vocabulary, <c>[strips][rows]</c>.
/// </remarks>
internal unsafe struct CrossEntropyChunk
{
    /// <summary>Vocabulary entries of a strip: a multiple of every tier's tile.</summary>
    public const int StripEntries = 96;

    public int Rows;
    public int PaddedRows;
    public int Vocabulary;
    public int Channels;
    public int Strips;
    public float GradientScale;

    public int* Targets;
    public float* Losses;
    public float* Logits;

    /// <summary>Largest logit of each strip and row; later the factor that turns its exponentials into gradients.</summary>
    public float* StripMax;

    /// <summary>Sum of exponentials of each strip and row.</summary>
    public float* StripSum;

    /// <summary>Logit of each row's target.</summary>
    public float* TargetLogits;

    public readonly int StripEnd(int strip) => Math.Min((strip + 1) * StripEntries, Vocabulary);
}
