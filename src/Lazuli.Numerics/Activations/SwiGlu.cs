using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lazuli.Numerics;

/// <summary>SwiGLU (Shazeer 2020): <c>y[r,f] = g·σ(g)·u</c> with g = gateUp[r,f], u = gateUp[r,F+f].</summary>
/// <remarks>Shapes: gateUp [R, 2F]; y [R, F]. Elementwise: bits depend on g and u alone.</remarks>
internal unsafe struct SwiGluJob(int rows, int width, float* gateUp, float* y) : ITileJob
{
    private const int FloatsPerTile = 8192;

    public static int RowsPerTile(int width) => Math.Max(1, FloatsPerTile / width);

    public static int TilesOf(int rows, int width) => (rows + RowsPerTile(width) - 1) / RowsPerTile(width);

    public readonly void Execute(int tile, int worker)
    {
        int perTile = RowsPerTile(width);
        int end = Math.Min((tile + 1) * perTile, rows);
        for (int r = tile * perTile; r < end; r++)
        {
            float* gate = gateUp + ((long)r * 2 * width);
            Row(gate, gate + width, y + ((long)r * width), width);
        }
    }

    private static void Row(float* gate, float* up, float* y, int count)
    {
        int i = 0;
        for (; i <= count - 8; i += 8)
        {
            Forward(Vector256.Load(gate + i), Vector256.Load(up + i)).Store(y + i);
        }

        if (i < count)
        {
            int rest = count - i;
            VectorMath.StorePartial(Forward(VectorMath.LoadPartial(gate + i, rest), VectorMath.LoadPartial(up + i, rest)), y + i, rest);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Forward(Vector256<float> gate, Vector256<float> up) => gate / VectorMath.OnePlusExp2(gate * Vector256.Create(-VectorMath.Log2OfE)) * up;
}

/// <summary>Backward of <see cref="SwiGluJob"/>: with s = σ(g), <c>dg = dy·u·s·(1 + g·(1 − s))</c>, <c>du = dy·g·s</c>.</summary>
/// <remarks>Shapes: gateUp, dGateUp [R, 2F]; dy [R, F]. dGateUp may be gateUp itself.</remarks>
internal unsafe struct SwiGluBackwardJob(int rows, int width, float* gateUp, float* dy, float* dGateUp) : ITileJob
{
    public readonly void Execute(int tile, int worker)
    {
        int perTile = SwiGluJob.RowsPerTile(width);
        int end = Math.Min((tile + 1) * perTile, rows);
        for (int r = tile * perTile; r < end; r++)
        {
            long at = (long)r * 2 * width;
            Row(gateUp + at, gateUp + at + width, dy + ((long)r * width), dGateUp + at, dGateUp + at + width, width);
        }
    }

    private static void Row(float* gate, float* up, float* dy, float* dGate, float* dUp, int count)
    {
        int i = 0;
        for (; i <= count - 8; i += 8)
        {
            (Vector256<float> dg, Vector256<float> du) = Backward(Vector256.Load(gate + i), Vector256.Load(up + i), Vector256.Load(dy + i));
            dg.Store(dGate + i);
            du.Store(dUp + i);
        }

        if (i < count)
        {
            int rest = count - i;
            (Vector256<float> dg, Vector256<float> du) = Backward(
                VectorMath.LoadPartial(gate + i, rest), VectorMath.LoadPartial(up + i, rest), VectorMath.LoadPartial(dy + i, rest));
            VectorMath.StorePartial(dg, dGate + i, rest);
            VectorMath.StorePartial(du, dUp + i, rest);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<float> DGate, Vector256<float> DUp) Backward(Vector256<float> gate, Vector256<float> up, Vector256<float> dy)
    {
        Vector256<float> s = VectorMath.Sigmoid(gate);
        Vector256<float> one = Vector256.Create(1f);
        Vector256<float> pull = dy * s;
        return (pull * up * VectorMath.MultiplyAdd(gate, one - s, one), pull * gate);
    }
}
