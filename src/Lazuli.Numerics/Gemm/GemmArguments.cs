namespace Lazuli.Numerics;

/// <summary>One product <c>C = alpha · A · B + beta · C (+ bias)</c> whose right operand lies in panels.</summary>
internal unsafe struct GemmArguments
{
    public int M;
    public int N;
    public int K;

    /// <summary>Length of the blocks of the sum over K.</summary>
    public int DepthBlock;

    /// <summary>Left operand and how to walk it.</summary>
    public float* A;
    public LeftLayout ALayout;

    /// <summary>True where the summed index of A is far apart, so that strips of it are packed first.</summary>
    public bool PackA;

    /// <summary>Right operand: panels <c>[K, Columns]</c>, each <see cref="BPanel"/> floats after the one before.</summary>
    public float* B;
    public nint BPanel;

    /// <summary>Result: rows <see cref="CRow"/> floats apart, panels of columns <see cref="CPanel"/> floats apart.</summary>
    public float* C;
    public nint CRow;
    public nint CPanel;

    /// <summary>N floats, or null.</summary>
    public float* Bias;
    public float Alpha;
    public float Beta;
}
