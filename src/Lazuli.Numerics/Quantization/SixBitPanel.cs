using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lazuli.Numerics;

/// <summary>What <see cref="WeightFormat.Q4_K"/> and <see cref="WeightFormat.Q5_K"/> share: a scale and an offset a run. Offsets are kept negative.</summary>
/// <remarks>Factors of a panel's run: 16 scales, 16 offsets.</remarks>
internal static unsafe class SixBitPanel
{
    /// <summary>Floats that <see cref="BlockLanes.SixBitFactors(byte*, float*)"/> makes of a block.</summary>
    public const int BlockFactors = 128;

    /// <summary>Copies the factors of run <paramref name="run"/> of a block for eight outputs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreFactors(float* factors, int run, byte* panel)
    {
        Vector256.Load(factors + (8 * run)).Store((float*)panel);
        Vector256.Load(factors + 64 + (8 * run)).Store((float*)panel + BlockTile.PanelOutputs);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Finish(Vector256<int> integers, float* factors, float* terms, float* sums) =>
        BlockLanes.AddWithOffset(integers, Vector256.Load(factors), terms, Vector256.Load(factors + BlockTile.PanelOutputs), terms + BlockTile.TileRows, sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Whole(Vector256<short> words) => Avx2.MultiplyAddAdjacent(words, Vector256.Create((short)1));

    /// <summary>Adds a run of four rows of eight outputs, <paramref name="sums"/> [4, 16]; <paramref name="factors"/> as for <see cref="Add"/>, terms alternate by row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddFourRows(Vector256<int> a0, Vector256<int> a1, Vector256<int> a2, Vector256<int> a3, float* factors, float* terms, float* sums)
    {
        Vector256<float> scales = Vector256.Load(factors), offsets = Vector256.Load(factors + 64);
        BlockLanes.AddWithOffset(a0, scales, terms, offsets, terms + BlockTile.TileRows, sums);
        BlockLanes.AddWithOffset(a1, scales, terms + 1, offsets, terms + 1 + BlockTile.TileRows, sums + BlockTile.PanelOutputs);
        BlockLanes.AddWithOffset(a2, scales, terms + 2, offsets, terms + 2 + BlockTile.TileRows, sums + (2 * BlockTile.PanelOutputs));
        BlockLanes.AddWithOffset(a3, scales, terms + 3, offsets, terms + 3 + BlockTile.TileRows, sums + (3 * BlockTile.PanelOutputs));
    }

    /// <summary>Adds a run of one row; <paramref name="factors"/> as <see cref="BlockLanes.SixBitFactors(byte*, float*)"/> leaves them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Add(Vector256<int> integers, float* factors, float* terms, Vector256<float> sum)
    {
        sum = Fma.MultiplyAdd(Avx.ConvertToVector256Single(integers), Vector256.Load(factors) * Avx.BroadcastScalarToVector256(terms), sum);
        return Fma.MultiplyAdd(Vector256.Load(factors + 64), Avx.BroadcastScalarToVector256(terms + 1), sum);
    }
}
