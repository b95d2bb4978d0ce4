using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lazuli.Numerics;

/// <summary>Activations as floats in the order that a kernel of 16- or 32-bit weights reads: chunks of columns, in them tiles of rows, in them rows.</summary>
/// <remarks>Columns are padded with zeros to whole runs of 16, rows to whole tiles.</remarks>
internal unsafe struct FloatRows
{
    public const int Run = 16;

    public int Rows;
    public int TileRows;

    /// <summary>Columns of the input, without padding.</summary>
    public int Columns;

    /// <summary>A multiple of <see cref="Run"/>.</summary>
    public int ChunkColumns;

    public float* Values;

    public readonly int PaddedColumns => (Columns + Run - 1) / Run * Run;

    public readonly int PaddedRows => (Rows + TileRows - 1) / TileRows * TileRows;

    public readonly int Tiles => PaddedRows / TileRows;

    public readonly int Chunks => (PaddedColumns + ChunkColumns - 1) / ChunkColumns;

    public readonly int ColumnsOf(int chunk) => Math.Min(ChunkColumns, PaddedColumns - (chunk * ChunkColumns));

    /// <summary>A tile of a chunk: rows follow each other at a distance of <see cref="ColumnsOf"/>.</summary>
    public readonly float* At(int chunk, int tile) =>
        Values + ((nint)chunk * ChunkColumns * PaddedRows) + ((nint)tile * TileRows * ColumnsOf(chunk));
}

/// <summary>Fills <see cref="FloatRows"/>: every value times a power of two; in each run of 16, where asked, the even columns first.</summary>
internal readonly unsafe struct ArrangeRowsJob(float* x, FloatRows target, float scale, bool evenFirst) : ITileJob
{
    public void Execute(int tile, int worker)
    {
        float* edge = stackalloc float[FloatRows.Run];
        for (int r = 0; r < target.TileRows; r++)
        {
            int row = (tile * target.TileRows) + r;
            for (int chunk = 0; chunk < target.Chunks; chunk++)
            {
                int columns = target.ColumnsOf(chunk);
                float* to = target.At(chunk, tile) + ((nint)r * columns);
                for (int c = 0; c < columns; c += FloatRows.Run)
                {
                    int column = (chunk * target.ChunkColumns) + c;
                    float* from = x + ((nint)row * target.Columns) + column;
                    int left = row < target.Rows ? Math.Min(FloatRows.Run, target.Columns - column) : 0;
                    if (left < FloatRows.Run)
                    {
                        var run = new Span<float>(edge, FloatRows.Run);
                        run.Clear();
                        new ReadOnlySpan<float>(from, left).CopyTo(run);
                        from = edge;
                    }

                    Arrange(from, to + c);
                }
            }
        }
    }

    private void Arrange(float* from, float* to)
    {
        Vector256<float> low = Vector256.Load(from) * scale, high = Vector256.Load(from + 8) * scale;
        if (evenFirst)
        {
            Vector256<int> order = Vector256.Create(0, 1, 4, 5, 2, 3, 6, 7); // undoes that shuffles work in halves
            Vector256<float> even = Avx2.PermuteVar8x32(Avx.Shuffle(low, high, 0x88), order);
            high = Avx2.PermuteVar8x32(Avx.Shuffle(low, high, 0xDD), order);
            low = even;
        }

        low.Store(to);
        high.Store(to + 8);
    }
}
