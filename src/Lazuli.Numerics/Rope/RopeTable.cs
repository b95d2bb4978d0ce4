namespace Lazuli.Numerics;

/// <summary>Rotary angles (Su et al. 2021): row p of <c>cosSin [maxPositions, D]</c> is cos(p·frequency(j)) for j = 0..D/2−1, then the sines; usually <c>frequency(j) = base^(−2j/D)</c>.</summary>
/// <remarks>Angle, sine and cosine in double, rounded once to float.</remarks>
internal unsafe struct RopeTableJob(int maxPositions, int headSize, double* frequencies, float* cosSin) : ITileJob
{
    public const int RowsPerTile = 64;

    public readonly void Execute(int tile, int worker)
    {
        int half = headSize / 2;
        int end = Math.Min((tile + 1) * RowsPerTile, maxPositions);
        for (int j = 0; j < half; j++)
        {
            double frequency = frequencies[j];
            for (int p = tile * RowsPerTile; p < end; p++)
            {
                (double sine, double cosine) = Math.SinCos(p * frequency);
                cosSin[((long)p * headSize) + j] = (float)cosine;
                cosSin[((long)p * headSize) + half + j] = (float)sine;
            }
        }
    }
}
