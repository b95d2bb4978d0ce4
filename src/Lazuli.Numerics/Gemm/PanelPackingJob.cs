using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lazuli.Numerics;

/// <summary>Copies the right operand into panels <c>[K, width]</c>; columns past N are zero. A tile of the job is some panels by some of K.</summary>
internal readonly unsafe struct PanelPackingJob : ITileJob
{
    private const int DepthOfItem = 256;
    private const int PanelsOfItem = 8;

    private readonly float* _source;
    private readonly nint _columnStride;
    private readonly nint _depthStride;
    private readonly float* _destination;
    private readonly nint _panelStride;
    private readonly int _n;
    private readonly int _k;
    private readonly int _width;
    private readonly int _depthItems;

    /// <summary>Element (p, j) of the operand is at <c>source[p · depthStride + j · columnStride]</c>; one of the two strides is 1.</summary>
    public PanelPackingJob(float* source, nint depthStride, nint columnStride, int k, int n, int width, float* destination, nint panelStride)
    {
        _source = source;
        _depthStride = depthStride;
        _columnStride = columnStride;
        _k = k;
        _n = n;
        _width = width;
        _destination = destination;
        _panelStride = panelStride;
        _depthItems = (k + DepthOfItem - 1) / DepthOfItem;
    }

    public int Tiles => _depthItems * ((((_n + _width - 1) / _width) + PanelsOfItem - 1) / PanelsOfItem);

    public void Execute(int tile, int worker)
    {
        int k = tile % _depthItems * DepthOfItem;
        int depth = Math.Min(DepthOfItem, _k - k);
        int firstPanel = tile / _depthItems * PanelsOfItem;
        int whole = Math.Clamp((_n / _width) - firstPanel, 0, PanelsOfItem);
        float* from = _source + (firstPanel * _width * _columnStride) + (k * _depthStride);
        float* to = _destination + (firstPanel * _panelStride) + ((nint)k * _width);
        if (_columnStride == 1)
        {
            CopyRows(from, depth, whole, to);
        }
        else
        {
            for (int panel = 0; panel < whole; panel++)
            {
                Transpose(from + (panel * _width * _columnStride), depth, to + (panel * _panelStride));
            }
        }

        int column = (firstPanel + whole) * _width;
        if (whole < PanelsOfItem && column < _n)
        {
            CopyEdge(from + (whole * _width * _columnStride), depth, _n - column, to + (whole * _panelStride));
        }
    }

    private void CopyEdge(float* from, int depth, int columns, float* to)
    {
        for (int p = 0; p < depth; p++, to += _width)
        {
            for (int j = 0; j < _width; j++)
            {
                to[j] = j < columns ? from[(p * _depthStride) + (j * _columnStride)] : 0f;
            }
        }
    }

    /// <summary>Row by row, so that memory is read in long runs.</summary>
    private void CopyRows(float* from, int depth, int panels, float* to)
    {
        for (int p = 0; p < depth; p++)
        {
            float* s = from;
            float* q = to;
            for (int panel = 0; panel < panels; panel++)
            {
                for (int j = 0; j < _width; j += 16)
                {
                    Vector256<float> low = Vector256.Load(s + j), high = Vector256.Load(s + j + 8);
                    low.Store(q + j);
                    high.Store(q + j + 8);
                }

                s += _width;
                q += _panelStride;
            }

            from += _depthStride;
            to += _width;
        }
    }

    private void Transpose(float* from, int depth, float* to)
    {
        int p = 0;
        if (Avx.IsSupported)
        {
            for (; p + 8 <= depth; p += 8)
            {
                for (int j = 0; j < _width; j += 8)
                {
                    Transpose8(from + p + (j * _columnStride), _columnStride, to + ((nint)p * _width) + j, _width);
                }
            }
        }

        for (; p < depth; p++)
        {
            for (int j = 0; j < _width; j++)
            {
                to[((nint)p * _width) + j] = from[p + (j * _columnStride)];
            }
        }
    }

    /// <summary>Eight rows of eight floats become eight columns.</summary>
    private static void Transpose8(float* from, nint fromRow, float* to, nint toRow)
    {
        Vector256<float> r0 = Vector256.Load(from);
        Vector256<float> r1 = Vector256.Load(from + fromRow);
        Vector256<float> r2 = Vector256.Load(from + (2 * fromRow));
        Vector256<float> r3 = Vector256.Load(from + (3 * fromRow));
        Vector256<float> r4 = Vector256.Load(from + (4 * fromRow));
        Vector256<float> r5 = Vector256.Load(from + (5 * fromRow));
        Vector256<float> r6 = Vector256.Load(from + (6 * fromRow));
        Vector256<float> r7 = Vector256.Load(from + (7 * fromRow));
        Vector256<float> t0 = Avx.UnpackLow(r0, r1), t1 = Avx.UnpackHigh(r0, r1);
        Vector256<float> t2 = Avx.UnpackLow(r2, r3), t3 = Avx.UnpackHigh(r2, r3);
        Vector256<float> t4 = Avx.UnpackLow(r4, r5), t5 = Avx.UnpackHigh(r4, r5);
        Vector256<float> t6 = Avx.UnpackLow(r6, r7), t7 = Avx.UnpackHigh(r6, r7);
        r0 = Avx.Shuffle(t0, t2, 0x44);
        r1 = Avx.Shuffle(t0, t2, 0xEE);
        r2 = Avx.Shuffle(t1, t3, 0x44);
        r3 = Avx.Shuffle(t1, t3, 0xEE);
        r4 = Avx.Shuffle(t4, t6, 0x44);
        r5 = Avx.Shuffle(t4, t6, 0xEE);
        r6 = Avx.Shuffle(t5, t7, 0x44);
        r7 = Avx.Shuffle(t5, t7, 0xEE);
        Avx.Permute2x128(r0, r4, 0x20).Store(to);
        Avx.Permute2x128(r1, r5, 0x20).Store(to + toRow);
        Avx.Permute2x128(r2, r6, 0x20).Store(to + (2 * toRow));
        Avx.Permute2x128(r3, r7, 0x20).Store(to + (3 * toRow));
        Avx.Permute2x128(r0, r4, 0x31).Store(to + (4 * toRow));
        Avx.Permute2x128(r1, r5, 0x31).Store(to + (5 * toRow));
        Avx.Permute2x128(r2, r6, 0x31).Store(to + (6 * toRow));
        Avx.Permute2x128(r3, r7, 0x31).Store(to + (7 * toRow));
    }
}
