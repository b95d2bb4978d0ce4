namespace Lazuli.Numerics;

/// <summary>Rotary angles (Su et al. 2021): row p of <c>cosSin [maxPositions, D]</c> is cos(p·base^(−2j/D)) for j = 0..D/2−1, then the sines.</summary>
/// <remarks>Angle, sine and cosine in double, rounded once to float.</remarks>
internal unsafe struct RopeTableJob(int maxPositions, int headSize, double frequencyBase, float* cosSin) : ITileJob
{
    public const int RowsPerTile = 64;

    public readonly void Execute(int tile, int worker)
    {
        int half = headSize / 2;
        int end = Math.Min((tile + 1) * RowsPerTile, maxPositions);
        for (int j = 0; j < half; j++)
        {
            double frequency = Math.Pow(frequencyBase, -2.0 * j / headSize);
            for (int p = tile * RowsPerTile; p < end; p++)
            {
                (double sine, double cosine) = Math.SinCos(p * frequency);
                cosSin[((long)p * headSize) + j] = (float)cosine;
                cosSin[((long)p * headSize) + half + j] = (float)sine;
            }
        }
    }
}
