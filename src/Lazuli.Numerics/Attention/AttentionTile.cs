using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lazuli.Numerics;

/// <summary>The small products that attention is made of, on packed tiles that stay in the first two caches.</summary>
/// <remarks>
/// Each element of a product is one chain of multiply-adds in ascending order of the inner index, whatever the kernel's width,
/// so kernels of one row and of six rows give the same bits.
/// </remarks>
internal static unsafe class AttentionTile
{
    /// <summary>Rows of the register block.</summary>
    public const int BlockRows = 6;

    /// <summary>Columns of the register block: two vectors. With six rows twelve sums stay in registers, enough to hide the multiply-add's latency.</summary>
    public const int BlockColumns = 16;

    /// <summary>
    /// <c>c[r, 0..15] = c[r, 0..15]·scale[r] + Σ_k a[r,k]·b[k, 0..15]</c> for r = 0..5, k ascending; where <paramref name="scale"/> is null c starts at 0.
    /// </summary>
    /// <remarks>a[r,k] lies at <c>a + r·aRow + k·aStep</c>, so a may be read along rows or columns; rows of b are <paramref name="bStep"/> apart, of c <paramref name="cRow"/>.</remarks>
    public static void Multiply6x16(float* a, nint aRow, nint aStep, float* b, nint bStep, int steps, float* c, nint cRow, float* scale)
    {
        Vector256<float> c00, c01, c10, c11, c20, c21, c30, c31, c40, c41, c50, c51;
        if (scale == null)
        {
            c00 = c01 = c10 = c11 = c20 = c21 = c30 = c31 = c40 = c41 = c50 = c51 = Vector256<float>.Zero;
        }
        else
        {
            float* p = c;
            Vector256<float> s = Vector256.Create(scale[0]);
            c00 = Vector256.Load(p) * s;
            c01 = Vector256.Load(p + 8) * s;
            p += cRow;
            s = Vector256.Create(scale[1]);
            c10 = Vector256.Load(p) * s;
            c11 = Vector256.Load(p + 8) * s;
            p += cRow;
            s = Vector256.Create(scale[2]);
            c20 = Vector256.Load(p) * s;
            c21 = Vector256.Load(p + 8) * s;
            p += cRow;
            s = Vector256.Create(scale[3]);
            c30 = Vector256.Load(p) * s;
            c31 = Vector256.Load(p + 8) * s;
            p += cRow;
            s = Vector256.Create(scale[4]);
            c40 = Vector256.Load(p) * s;
            c41 = Vector256.Load(p + 8) * s;
            p += cRow;
            s = Vector256.Create(scale[5]);
            c50 = Vector256.Load(p) * s;
            c51 = Vector256.Load(p + 8) * s;
        }

        float* a3 = a + (3 * aRow);
        for (int k = 0; k < steps; k++)
        {
            Vector256<float> b0 = Vector256.Load(b);
            Vector256<float> b1 = Vector256.Load(b + 8);
            Vector256<float> v = Vector256.Create(*a);
            c00 = VectorMath.MultiplyAdd(v, b0, c00);
            c01 = VectorMath.MultiplyAdd(v, b1, c01);
            v = Vector256.Create(a[aRow]);
            c10 = VectorMath.MultiplyAdd(v, b0, c10);
            c11 = VectorMath.MultiplyAdd(v, b1, c11);
            v = Vector256.Create(a[2 * aRow]);
            c20 = VectorMath.MultiplyAdd(v, b0, c20);
            c21 = VectorMath.MultiplyAdd(v, b1, c21);
            v = Vector256.Create(*a3);
            c30 = VectorMath.MultiplyAdd(v, b0, c30);
            c31 = VectorMath.MultiplyAdd(v, b1, c31);
            v = Vector256.Create(a3[aRow]);
            c40 = VectorMath.MultiplyAdd(v, b0, c40);
            c41 = VectorMath.MultiplyAdd(v, b1, c41);
            v = Vector256.Create(a3[2 * aRow]);
            c50 = VectorMath.MultiplyAdd(v, b0, c50);
            c51 = VectorMath.MultiplyAdd(v, b1, c51);
            a += aStep;
            a3 += aStep;
            b += bStep;
        }

        c00.Store(c);
        c01.Store(c + 8);
        c += cRow;
        c10.Store(c);
        c11.Store(c + 8);
        c += cRow;
        c20.Store(c);
        c21.Store(c + 8);
        c += cRow;
        c30.Store(c);
        c31.Store(c + 8);
        c += cRow;
        c40.Store(c);
        c41.Store(c + 8);
        c += cRow;
        c50.Store(c);
        c51.Store(c + 8);
    }

    /// <summary><c>c[0..columns) = c·scale + Σ_k a[k]·b[k, 0..columns)</c>, columns a multiple of 16, k ascending: one row of <see cref="Multiply6x16"/>, to the bit.</summary>
    public static void MultiplyRow(float* a, float* b, nint bStep, int steps, float* c, int columns, float scale)
    {
        int column = 0;
        for (; column <= columns - 64; column += 64)
        {
            Row64(a, b + column, bStep, steps, c + column, scale);
        }

        for (; column < columns; column += 16)
        {
            Row16(a, b + column, bStep, steps, c + column, scale);
        }
    }

    private static void Row64(float* a, float* b, nint bStep, int steps, float* c, float scale)
    {
        var s = Vector256.Create(scale);
        Vector256<float> c0 = Vector256.Load(c) * s;
        Vector256<float> c1 = Vector256.Load(c + 8) * s;
        Vector256<float> c2 = Vector256.Load(c + 16) * s;
        Vector256<float> c3 = Vector256.Load(c + 24) * s;
        Vector256<float> c4 = Vector256.Load(c + 32) * s;
        Vector256<float> c5 = Vector256.Load(c + 40) * s;
        Vector256<float> c6 = Vector256.Load(c + 48) * s;
        Vector256<float> c7 = Vector256.Load(c + 56) * s;
        for (int k = 0; k < steps; k++, b += bStep)
        {
            var v = Vector256.Create(a[k]);
            c0 = VectorMath.MultiplyAdd(v, Vector256.Load(b), c0);
            c1 = VectorMath.MultiplyAdd(v, Vector256.Load(b + 8), c1);
            c2 = VectorMath.MultiplyAdd(v, Vector256.Load(b + 16), c2);
            c3 = VectorMath.MultiplyAdd(v, Vector256.Load(b + 24), c3);
            c4 = VectorMath.MultiplyAdd(v, Vector256.Load(b + 32), c4);
            c5 = VectorMath.MultiplyAdd(v, Vector256.Load(b + 40), c5);
            c6 = VectorMath.MultiplyAdd(v, Vector256.Load(b + 48), c6);
            c7 = VectorMath.MultiplyAdd(v, Vector256.Load(b + 56), c7);
        }

        c0.Store(c);
        c1.Store(c + 8);
        c2.Store(c + 16);
        c3.Store(c + 24);
        c4.Store(c + 32);
        c5.Store(c + 40);
        c6.Store(c + 48);
        c7.Store(c + 56);
    }

    private static void Row16(float* a, float* b, nint bStep, int steps, float* c, float scale)
    {
        var s = Vector256.Create(scale);
        Vector256<float> c0 = Vector256.Load(c) * s;
        Vector256<float> c1 = Vector256.Load(c + 8) * s;
        for (int k = 0; k < steps; k++, b += bStep)
        {
            var v = Vector256.Create(a[k]);
            c0 = VectorMath.MultiplyAdd(v, Vector256.Load(b), c0);
            c1 = VectorMath.MultiplyAdd(v, Vector256.Load(b + 8), c1);
        }

        c0.Store(c);
        c1.Store(c + 8);
    }

    /// <summary>First key of the first tile that any of <paramref name="queries"/> rows sees; 0 where <paramref name="firstKeys"/> is null.</summary>
    public static int FirstKeyTile(int* firstKeys, int queries)
    {
        int first = firstKeys == null ? 0 : int.MaxValue;
        for (int r = 0; firstKeys != null && r < queries; r++)
        {
            first = Math.Min(first, firstKeys[r]);
        }

        return first / AttentionPlan.KeyTile * AttentionPlan.KeyTile;
    }

    /// <summary>Copies <paramref name="rows"/> rows of <paramref name="columns"/> floats, times <paramref name="factor"/>, into rows of <paramref name="targetRow"/> floats; what is left of <paramref name="targetRows"/> rows and columns becomes 0.</summary>
    public static void PackRows(float* source, nint sourceRow, int rows, int columns, float factor, float* target, int targetRow, int targetRows)
    {
        var f = Vector256.Create(factor);
        for (int r = 0; r < rows; r++, source += sourceRow, target += targetRow)
        {
            int i = 0;
            for (; i <= columns - 8; i += 8)
            {
                (Vector256.Load(source + i) * f).Store(target + i);
            }

            for (; i < columns; i++)
            {
                target[i] = source[i] * factor;
            }

            for (; i < targetRow; i++)
            {
                target[i] = 0f;
            }
        }

        new Span<float>(target, (targetRows - rows) * targetRow).Clear();
    }

    /// <summary>Transposes <paramref name="rows"/> rows of <paramref name="columns"/> floats into <c>target[column, row]</c> with rows of <paramref name="targetRow"/> floats; the rest of each becomes 0.</summary>
    public static void PackTransposed(float* source, nint sourceRow, int rows, int columns, float* target, int targetRow)
    {
        int r = 0;
        int fullColumns = Avx.IsSupported ? columns & ~7 : 0;
        for (; Avx.IsSupported && r <= rows - 8; r += 8)
        {
            for (int c = 0; c < fullColumns; c += 8)
            {
                Transpose8x8(source + (r * sourceRow) + c, sourceRow, target + ((nint)c * targetRow) + r, targetRow);
            }

            Scalar(source, sourceRow, r, r + 8, fullColumns, columns, target, targetRow);
        }

        Scalar(source, sourceRow, r, rows, 0, columns, target, targetRow);
        for (int c = 0; c < columns && rows < targetRow; c++)
        {
            new Span<float>(target + ((nint)c * targetRow) + rows, targetRow - rows).Clear();
        }
    }

    private static void Scalar(float* source, nint sourceRow, int rowStart, int rowEnd, int columnStart, int columnEnd, float* target, int targetRow)
    {
        for (int r = rowStart; r < rowEnd; r++)
        {
            for (int c = columnStart; c < columnEnd; c++)
            {
                target[((nint)c * targetRow) + r] = source[(r * sourceRow) + c];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose8x8(float* source, nint sourceRow, float* target, nint targetRow)
    {
        Vector256<float> r0 = Vector256.Load(source);
        Vector256<float> r1 = Vector256.Load(source + sourceRow);
        Vector256<float> r2 = Vector256.Load(source + (2 * sourceRow));
        Vector256<float> r3 = Vector256.Load(source + (3 * sourceRow));
        Vector256<float> r4 = Vector256.Load(source + (4 * sourceRow));
        Vector256<float> r5 = Vector256.Load(source + (5 * sourceRow));
        Vector256<float> r6 = Vector256.Load(source + (6 * sourceRow));
        Vector256<float> r7 = Vector256.Load(source + (7 * sourceRow));
        Vector256<float> t0 = Avx.UnpackLow(r0, r1);
        Vector256<float> t1 = Avx.UnpackHigh(r0, r1);
        Vector256<float> t2 = Avx.UnpackLow(r2, r3);
        Vector256<float> t3 = Avx.UnpackHigh(r2, r3);
        Vector256<float> t4 = Avx.UnpackLow(r4, r5);
        Vector256<float> t5 = Avx.UnpackHigh(r4, r5);
        Vector256<float> t6 = Avx.UnpackLow(r6, r7);
        Vector256<float> t7 = Avx.UnpackHigh(r6, r7);
        r0 = Avx.Shuffle(t0, t2, 0x44);
        r1 = Avx.Shuffle(t0, t2, 0xEE);
        r2 = Avx.Shuffle(t1, t3, 0x44);
        r3 = Avx.Shuffle(t1, t3, 0xEE);
        r4 = Avx.Shuffle(t4, t6, 0x44);
        r5 = Avx.Shuffle(t4, t6, 0xEE);
        r6 = Avx.Shuffle(t5, t7, 0x44);
        r7 = Avx.Shuffle(t5, t7, 0xEE);
        Avx.Permute2x128(r0, r4, 0x20).Store(target);
        Avx.Permute2x128(r1, r5, 0x20).Store(target + targetRow);
        Avx.Permute2x128(r2, r6, 0x20).Store(target + (2 * targetRow));
        Avx.Permute2x128(r3, r7, 0x20).Store(target + (3 * targetRow));
        Avx.Permute2x128(r0, r4, 0x31).Store(target + (4 * targetRow));
        Avx.Permute2x128(r1, r5, 0x31).Store(target + (5 * targetRow));
        Avx.Permute2x128(r2, r6, 0x31).Store(target + (6 * targetRow));
        Avx.Permute2x128(r3, r7, 0x31).Store(target + (7 * targetRow));
    }
}
