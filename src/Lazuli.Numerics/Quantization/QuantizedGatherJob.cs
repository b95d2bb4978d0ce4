using System.Runtime.CompilerServices;

namespace Lazuli.Numerics;

/// <summary><c>y[r,:] = table[ids[r],:]</c>, the table's rows in a stored format.</summary>
/// <remarks>Shapes: ids [R]; table V rows of bytes; y [R, C] floats. Ids were checked by the caller. A weight is <c>scale · q − offset</c>, rounded after each step.</remarks>
internal readonly unsafe struct QuantizedGatherJob(WeightFormat format, WeightLayout layout, int rows, int channels, int* ids, byte* table, float* y, byte* scratch) : ITileJob
{
    public const int RowsPerTile = 4;

    public void Execute(int tile, int worker)
    {
        nint rowBytes = (nint)WeightFormats.RowBytes(format, channels);
        int end = Math.Min((tile + 1) * RowsPerTile, rows);
        for (int r = tile * RowsPerTile; r < end; r++)
        {
            byte* from = layout == WeightLayout.Rows ? table + (ids[r] * rowBytes) : Restored(ids[r], (int)rowBytes, scratch + (worker * rowBytes));
            float* to = y + ((nint)r * channels);
            if (WeightFormats.BlockLength(format) == 1)
            {
                for (int c = 0; c < channels; c++)
                {
                    to[c] = PortableLinear.Widen(format, from, c);
                }
            }
            else
            {
                Blocks(from, to);
            }
        }
    }

    private byte* Restored(int row, int rowBytes, byte* to)
    {
        int inGroup = row % LaneLayout.GroupRows;
        LaneLayout.RestoreRow(format, channels, new ReadOnlySpan<byte>(table + ((row - inGroup) * (nint)rowBytes), rowBytes * LaneLayout.GroupRows), inGroup, new Span<byte>(to, rowBytes));
        return to;
    }

    [SkipLocalsInit]
    private void Blocks(byte* from, float* to)
    {
        short* q = stackalloc short[StoredBlock.Length];
        for (int block = 0; block < channels / StoredBlock.Length; block++, to += StoredBlock.Length)
        {
            StoredBlock.Read(format, from, block, q, out float scale, out float offset);
            for (int k = 0; k < StoredBlock.Length; k++)
            {
                to[k] = (scale * q[k]) - offset;
            }
        }
    }
}
