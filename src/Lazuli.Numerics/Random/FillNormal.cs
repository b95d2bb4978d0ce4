namespace Lazuli.Numerics;

/// <summary>
/// Normal numbers by Box and Muller (1958) in double: elements 2i, 2i+1 of a pair are <c>σ·√(−2 ln u)·(cos 2πv, sin 2πv)</c>.
/// </summary>
/// <remarks>
/// Elements 4b..4b+3 come from Philox block b of (seed, stream): words 0, 1 make the first pair, 2, 3 the second;
/// <c>u = (word + 1)·2⁻³²</c> in (0, 1], <c>v = word·2⁻³²</c> in [0, 1). So the largest magnitude is √(64 ln 2) = 6.66 σ.
/// </remarks>
internal unsafe struct FillNormalJob(float* y, long length, float standardDeviation, ulong seed, ulong stream) : ITileJob
{
    public const int Chunk = 4096;
    private const double Scale = 1.0 / 4294967296.0;

    public static int TilesOf(long length) => checked((int)((length + Chunk - 1) / Chunk));

    public readonly void Execute(int tile, int worker)
    {
        double* normals = stackalloc double[4];
        long start = (long)tile * Chunk;
        long end = Math.Min(start + Chunk, length);
        for (long i = start; i < end; i += 4)
        {
            CounterRandom.PhiloxBlock block = CounterRandom.Block(seed, stream, (ulong)i >> 2);
            Pair(block.X0, block.X1, normals);
            Pair(block.X2, block.X3, normals + 2);
            int count = (int)Math.Min(4, end - i);
            for (int j = 0; j < count; j++)
            {
                y[i + j] = (float)(standardDeviation * normals[j]);
            }
        }
    }

    private static void Pair(uint first, uint second, double* pair)
    {
        double radius = Math.Sqrt(-2 * Math.Log((first + 1.0) * Scale));
        (double sine, double cosine) = Math.SinCos(2 * Math.PI * (second * Scale));
        pair[0] = radius * cosine;
        pair[1] = radius * sine;
    }
}
