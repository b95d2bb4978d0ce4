using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Lazuli.Numerics;

/// <summary>While one block of a strip is multiplied, asks for the lines that packing the next block will read, a few a tile.</summary>
/// <remarks>Packing reads short runs from rows that lie far apart, which no hardware prefetcher follows: unasked for, each would wait for memory.</remarks>
internal unsafe struct StripPrefetch
{
    private const int LineFloats = 16;

    private readonly nint _step;
    private readonly int _width;
    private readonly int _termsOfTile;
    private float* _next;
    private int _terms;

    public StripPrefetch(GemmArguments* g, int firstRow, int endRow, int k, int tiles)
    {
        if (g->PackA && Sse.IsSupported && k < g->K)
        {
            _step = g->ALayout.Step;
            _width = endRow - firstRow;
            _terms = Math.Min(g->DepthBlock, g->K - k);
            _termsOfTile = (_terms + tiles - 1) / tiles;
            _next = g->A + firstRow + (k * _step);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Advance()
    {
        if (_terms > 0)
        {
            Fetch();
        }
    }

    private void Fetch()
    {
        for (int i = 0; i < _termsOfTile; i++)
        {
            for (int j = 0; j < _width; j += LineFloats)
            {
                Sse.Prefetch1(_next + j);
            }

            Sse.Prefetch1(_next + _width - 1);
            _next += _step;
        }

        _terms -= _termsOfTile;
    }
}
