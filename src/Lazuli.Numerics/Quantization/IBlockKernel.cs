namespace Lazuli.Numerics;

/// <summary>Integer dot products of byte activations with one stored format: <c>y = Σ_b scale_x[b] · (scale_w[b] · Σ_k q_x q_w − offset_w[b] · Σ_k q_x)</c>.</summary>
/// <remarks>
/// Order of sums, the same in <see cref="Stream"/> and in <see cref="Multiply"/>: the sum inside a run b of 32 is an exact integer; then, runs ascending,
/// <c>sum = fma(float(integer), scale_w · scale_x, sum)</c>, and where the format has offsets <c>sum = fma(−offset_w, scale_x · Σq_x, sum)</c>.
/// </remarks>
internal unsafe interface IBlockKernel
{
    /// <summary>Bytes of a run of 32 columns of a panel, unpacked.</summary>
    static abstract int PanelRunBytes { get; }

    /// <summary><see cref="Multiply"/> reads 16-bit words rather than bytes.</summary>
    static abstract bool ReadsWords { get; }

    /// <summary>Tiles of four rows up to which <see cref="MultiplyLanes"/> takes less time than unpacking once for all of them.</summary>
    static abstract int MostDirectTiles { get; }

    /// <summary>One row times eight rows of weights: eight ascending streams of memory.</summary>
    /// <param name="weights">Eight rows.</param>
    /// <param name="runs">Runs of 32 in a row.</param>
    /// <param name="x">The row's bytes.</param>
    /// <param name="terms">Its terms (see <see cref="QuantizedRows"/>).</param>
    /// <param name="rowBytes">From one row of weights to the next: lines of the next eight rows are asked for on the way, since rows are too short for the processor to notice their streams in time.</param>
    /// <param name="sums">Eight results.</param>
    static abstract void Stream(byte** weights, int runs, sbyte* x, float* terms, nint rowBytes, float* sums);

    /// <summary>Lays some runs of sixteen rows out for <see cref="Multiply"/>.</summary>
    static abstract void Unpack(byte** weights, int firstRun, int runs, byte* panel);

    /// <summary>As <see cref="Stream"/> for two groups of eight rows in <see cref="WeightLayout.Lanes"/>: two ascending streams of memory, no adding across lanes, the same bits.</summary>
    /// <param name="first">A group.</param>
    /// <param name="second">Another, or the first again.</param>
    /// <param name="runs">Runs of 32 in a row.</param>
    /// <param name="x">The row's bytes, or its words where <see cref="ReadsWords"/>.</param>
    /// <param name="terms">Its terms.</param>
    /// <param name="sums">Sixteen results.</param>
    static abstract void StreamLanes(byte* first, byte* second, int runs, void* x, float* terms, float* sums);

    /// <summary>As <see cref="Multiply"/>, straight from two groups of eight rows in <see cref="WeightLayout.Lanes"/>: for few rows, where unpacking would cost as much as the products.</summary>
    /// <param name="first">A group; what lies some way ahead is asked for.</param>
    /// <param name="second">Another, or the first again.</param>
    /// <param name="firstRun">First run, at the start of a block.</param>
    /// <param name="runs">How many.</param>
    /// <param name="x">Four rows, as for <see cref="Multiply"/>.</param>
    /// <param name="terms">Their terms.</param>
    /// <param name="sums">[4, 16].</param>
    static abstract void MultiplyLanes(byte* first, byte* second, int firstRun, int runs, void* x, float* terms, float* sums);

    /// <summary>As <see cref="Unpack"/>, from a group in <see cref="WeightLayout.Lanes"/>, into one half of the panel's outputs.</summary>
    /// <param name="group">Eight rows.</param>
    /// <param name="firstRun">First run, at the start of a block.</param>
    /// <param name="runs">How many.</param>
    /// <param name="panel">Where.</param>
    /// <param name="half">0 for the first eight outputs, 1 for the others.</param>
    static abstract void UnpackLanes(byte* group, int firstRun, int runs, byte* panel, int half);

    /// <summary>Adds four rows times an unpacked panel of sixteen outputs: <paramref name="sums"/> [4, 16].</summary>
    static abstract void Multiply(byte* panel, int runs, void* x, float* terms, float* sums);
}

/// <summary>Sizes that all <see cref="IBlockKernel"/>s share.</summary>
internal static class BlockTile
{
    /// <summary>Columns that share a scale.</summary>
    public const int Run = 32;

    /// <summary>Outputs that one row streams at once.</summary>
    public const int StreamOutputs = 8;

    /// <summary>Outputs of an unpacked panel: two vectors of eight.</summary>
    public const int PanelOutputs = 16;

    /// <summary>Rows of a register tile.</summary>
    public const int TileRows = 4;

    /// <summary>Runs unpacked at a time: a panel of them and a tile of rows lie in the first-level cache.</summary>
    public const int ChunkRuns = 8;
}
