using System.Runtime.Intrinsics;

namespace Lazuli.Numerics;

/// <summary><c>sum[c] += Σ_r x[r,c]</c>, rows in ascending order, in blocks of 64 rows whose sums are added in order.</summary>
internal readonly unsafe struct ColumnSumJob(float* x, int rows, int columns, float* sum) : ITileJob
{
    private const int ColumnsOfItem = 64;
    private const int BlockRows = 64;

    public int Tiles => (columns + ColumnsOfItem - 1) / ColumnsOfItem;

    public void Execute(int tile, int worker)
    {
        int end = Math.Min((tile + 1) * ColumnsOfItem, columns);
        int c = tile * ColumnsOfItem;
        for (; c + 32 <= end; c += 32)
        {
            SumVectors(c);
        }

        for (; c < end; c++)
        {
            SumOne(c);
        }
    }

    private void SumVectors(int column)
    {
        Vector256<float> t0 = default, t1 = default, t2 = default, t3 = default;
        for (int block = 0; block < rows; block += BlockRows)
        {
            Vector256<float> s0 = default, s1 = default, s2 = default, s3 = default;
            int end = Math.Min(block + BlockRows, rows);
            for (int r = block; r < end; r++)
            {
                float* p = x + ((nint)r * columns) + column;
                s0 += Vector256.Load(p);
                s1 += Vector256.Load(p + 8);
                s2 += Vector256.Load(p + 16);
                s3 += Vector256.Load(p + 24);
            }

            t0 += s0;
            t1 += s1;
            t2 += s2;
            t3 += s3;
        }

        float* o = sum + column;
        (Vector256.Load(o) + t0).Store(o);
        (Vector256.Load(o + 8) + t1).Store(o + 8);
        (Vector256.Load(o + 16) + t2).Store(o + 16);
        (Vector256.Load(o + 24) + t3).Store(o + 24);
    }

    private void SumOne(int column)
    {
        float total = 0;
        for (int block = 0; block < rows; block += BlockRows)
        {
            float part = 0;
            int end = Math.Min(block + BlockRows, rows);
            for (int r = block; r < end; r++)
            {
                part += x[((nint)r * columns) + column];
            }

            total += part;
        }

        sum[column] += total;
    }
}
