namespace Lazuli.Numerics;

/// <summary>Activations as bytes: each run of 32 columns is <c>scale · q</c>, q in [−127, 127], scale the run's largest size over 127.</summary>
/// <remarks>
/// <para>Rows lie in tiles of <see cref="Interleave"/>, columns in chunks of <see cref="ChunkBlocks"/> runs; in a chunk the runs of a tile follow each other, and in a
/// run its rows alternate every 4 bytes, so that a kernel of several rows reads one ascending stream. Rows past the last are zeros.</para>
/// <para>Terms, four a run: scale, scale · Σq, 8 · Σq (integer), and the sums of its halves (two 16-bit integers in one). They alternate by row as the bytes do.</para>
/// </remarks>
internal unsafe struct QuantizedRows
{
    /// <summary>Terms of a run.</summary>
    public const int Terms = 4;

    public int Rows;
    public int Interleave;
    public int Blocks;
    public int ChunkBlocks;

    /// <summary>The integers as bytes; null where no kernel asks for them.</summary>
    public sbyte* Bytes;

    /// <summary>The integers as 16-bit words, alternating by row every 2 of them; null where no kernel asks for them.</summary>
    public short* Words;

    public float* TermsOfRuns;

    public readonly int PaddedRows => (Rows + Interleave - 1) / Interleave * Interleave;

    public readonly int Tiles => PaddedRows / Interleave;

    public readonly int Chunks => (Blocks + ChunkBlocks - 1) / ChunkBlocks;

    public readonly int BlocksOf(int chunk) => Math.Min(ChunkBlocks, Blocks - (chunk * ChunkBlocks));

    /// <summary>Runs (of single rows) before those of a tile in a chunk: times 32 gives its integers, times <see cref="Terms"/> its terms.</summary>
    public readonly nint Index(int chunk, int tile) =>
        ((nint)chunk * ChunkBlocks * PaddedRows) + ((nint)tile * Interleave * BlocksOf(chunk));
}
