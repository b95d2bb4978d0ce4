namespace Lazuli.Numerics;

public sealed unsafe partial class CpuBackend
{
    public void RopeTable(int maxPositions, int headSize, double frequencyBase, DeviceBuffer cosSin)
    {
        CheckHeadSize(headSize);
        var frequencies = new double[headSize / 2];
        for (int j = 0; j < frequencies.Length; j++)
        {
            frequencies[j] = Math.Pow(frequencyBase, -2.0 * j / headSize);
        }

        RopeTable(maxPositions, frequencies, cosSin);
    }

    public void RopeTable(int maxPositions, ReadOnlySpan<double> frequencies, DeviceBuffer cosSin)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxPositions);
        int headSize = 2 * frequencies.Length;
        CheckHeadSize(headSize);
        CheckFloats(cosSin, (long)maxPositions * headSize, nameof(cosSin));
        fixed (double* pairs = frequencies)
        {
            var job = new RopeTableJob(maxPositions, headSize, pairs, cosSin.Float32Pointer);
            _pool.Run(ref job, (maxPositions + RopeTableJob.RowsPerTile - 1) / RopeTableJob.RowsPerTile);
        }
    }

    public void RmsNormHeads(RopeShape shape, float epsilon, DeviceBuffer x, DeviceBuffer gain, int column, int heads)
    {
        CheckHeadSize(shape.HeadSize);
        CheckFloats(x, (long)shape.Rows * shape.RowStride, nameof(x));
        CheckFloats(gain, shape.HeadSize, nameof(gain));
        if (column < 0 || heads < 0 || column + ((long)heads * shape.HeadSize) > shape.RowStride)
        {
            throw new ArgumentException($"RmsNormHeads: columns {column} to {column} + {heads}·{shape.HeadSize} want to lie in a row of {shape.RowStride}.", nameof(column));
        }

        var job = new RmsNormHeadsJob(shape, epsilon, x.Float32Pointer, gain.Float32Pointer, column, heads);
        _pool.Run(ref job, (shape.Rows + RopeJob.RowsPerTile - 1) / RopeJob.RowsPerTile);
    }

    public void Rope(RopeShape shape, DeviceBuffer x, DeviceBuffer positions, DeviceBuffer cosSin, int column, int heads, bool inverse = false)
    {
        CheckHeadSize(shape.HeadSize);
        CheckFloats(x, (long)shape.Rows * shape.RowStride, nameof(x));
        CheckIntegers(positions, shape.Rows, nameof(positions));
        int tablePositions = RowsOf(cosSin, shape.HeadSize, nameof(cosSin));
        if (column < 0 || heads < 0 || column + ((long)heads * shape.HeadSize) > shape.RowStride)
        {
            throw new ArgumentException($"Rope: columns {column} to {column} + {heads}·{shape.HeadSize} want to lie in a row of {shape.RowStride}.", nameof(column));
        }

        CheckRange(positions.Int32Pointer, shape.Rows, tablePositions, nameof(positions));
        var job = new RopeJob(shape, x.Float32Pointer, positions.Int32Pointer, cosSin.Float32Pointer, column, heads, inverse ? -1f : 1f);
        _pool.Run(ref job, (shape.Rows + RopeJob.RowsPerTile - 1) / RopeJob.RowsPerTile);
    }

    private static void CheckHeadSize(int headSize, [System.Runtime.CompilerServices.CallerMemberName] string operation = "")
    {
        if (headSize <= 0 || headSize % 2 != 0)
        {
            throw new ArgumentException($"{operation}: rotary pairs want an even head size; got {headSize}.", nameof(headSize));
        }
    }

    /// <summary>Refuses an index outside [0, <paramref name="bound"/>): kernels follow it without looking again.</summary>
    private static void CheckRange(int* values, long count, long bound, string name, [System.Runtime.CompilerServices.CallerMemberName] string operation = "")
    {
        for (long i = 0; i < count; i++)
        {
            if ((uint)values[i] >= (ulong)bound)
            {
                throw new ArgumentException($"{operation}: {name}[{i}] is {values[i]}; wants [0, {bound}).", name);
            }
        }
    }
}
