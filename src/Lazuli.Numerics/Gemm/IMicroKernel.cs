namespace Lazuli.Numerics;

/// <summary>The innermost product: a tile of <see cref="Rows"/> × <see cref="Columns"/> sums held in registers.</summary>
internal unsafe interface IMicroKernel
{
    /// <summary>Rows of a tile; an element of the left operand is broadcast to a row.</summary>
    static abstract int Rows { get; }

    /// <summary>Columns of a tile, the width of a packed panel of the right operand.</summary>
    static abstract int Columns { get; }

    /// <summary>
    /// <c>c[i,j] = Σ_p a[i,p] · b[p,j]</c>, or <c>c[i,j] +=</c> when <paramref name="add"/>, then <c>+ bias[j]</c> where it is given.
    /// Each sum is one chain in ascending p that starts at zero.
    /// </summary>
    /// <param name="a">First element of the left operand.</param>
    /// <param name="layout">How to walk it.</param>
    /// <param name="rows">Rows that exist; the others repeat row 0 and give meaningless rows of c.</param>
    /// <param name="b">Panel of the right operand, <c>[depth, Columns]</c>.</param>
    /// <param name="ahead">Floats from <paramref name="b"/> to the panel that is wanted next, which is fetched meanwhile; 0 for none.</param>
    /// <param name="depth">Length of the sums, at least 1.</param>
    /// <param name="c">The whole tile is written.</param>
    /// <param name="cRow">Floats from one row of c to the next.</param>
    /// <param name="add">Whether c's old values count.</param>
    /// <param name="bias">Columns floats, or null.</param>
    static abstract void Multiply(float* a, LeftLayout* layout, int rows, float* b, nint ahead, nint depth, float* c, nint cRow, bool add, float* bias);
}
