namespace Lazuli.Numerics;

public sealed unsafe partial class CpuBackend
{
    private MuonEachWork? _muonEach;

    public void GlobalNorm(DeviceBuffer gradients, float maxNorm, DeviceBuffer norm)
    {
        CheckFloats(gradients, gradients.Length, nameof(gradients));
        CheckFloats(norm, 2, nameof(norm));
        float length = (float)Math.Sqrt(SumOfSquares(gradients));
        float* result = norm.Float32Pointer;
        result[0] = length;
        result[1] = !float.IsFinite(length) ? float.NaN : maxNorm == 0 ? 1f : MathF.Min(1f, maxNorm / length);
    }

    public void AdamW(AdamWStep step, DeviceBuffer parameters, DeviceBuffer gradients, DeviceBuffer firstMoment, DeviceBuffer secondMoment, DeviceBuffer norm)
    {
        if (step.Step < 1)
        {
            throw new ArgumentException($"AdamW: steps count from 1; got {step.Step}.", nameof(step));
        }

        CheckFloats(parameters, parameters.Length, nameof(parameters));
        CheckFloats(gradients, parameters.Length, nameof(gradients));
        CheckFloats(firstMoment, parameters.Length, nameof(firstMoment));
        CheckFloats(secondMoment, parameters.Length, nameof(secondMoment));
        CheckFloats(norm, 2, nameof(norm));
        float clip = norm.Float32Pointer[1];
        if (float.IsNaN(clip))
        {
            return;
        }

        var job = new AdamWJob(step, clip, parameters.Float32Pointer, gradients.Float32Pointer, firstMoment.Float32Pointer, secondMoment.Float32Pointer, parameters.Length);
        _pool.Run(ref job, AdamWJob.TilesOf(parameters.Length));
    }

    public long MuonScratchLength(int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        long side = Math.Min(rows, columns);
        return (2L * rows * columns) + (2 * side * side);
    }

    public void Muon(MuonStep step, int rows, int columns, DeviceBuffer parameters, DeviceBuffer gradients, DeviceBuffer momentum, DeviceBuffer norm, DeviceBuffer scratch)
    {
        if (step.Iterations is < 1 or > 10)
        {
            throw new ArgumentException($"Muon: wants from 1 to 10 iterations; got {step.Iterations}.", nameof(step));
        }

        long length = (long)rows * columns;
        CheckFloats(scratch, MuonScratchLength(rows, columns), nameof(scratch));
        CheckFloats(parameters, length, nameof(parameters));
        CheckFloats(gradients, length, nameof(gradients));
        CheckFloats(momentum, length, nameof(momentum));
        CheckFloats(norm, 2, nameof(norm));
        float clip = norm.Float32Pointer[1];
        if (float.IsNaN(clip))
        {
            return;
        }

        DeviceBuffer x = scratch.Slice(0, length);
        var look = new MuonMomentumJob(step.Momentum, clip, gradients.Float32Pointer, momentum.Float32Pointer, x.Float32Pointer, length);
        _pool.Run(ref look, AdamWJob.TilesOf(length));
        x = Orthogonalize(rows, columns, step.Iterations, scratch);
        float scale = MathF.Sqrt(MathF.Max(1f, (float)rows / columns));
        Elementwise(new MuonUpdateOperator(step.LearningRate, scale, step.WeightDecay), x, parameters, parameters);
    }

    public void MuonEach(MuonStep step, IReadOnlyList<MuonMatrix> matrices, DeviceBuffer parameters, DeviceBuffer gradients, DeviceBuffer momentum, DeviceBuffer norm, DeviceBuffer scratch)
    {
        ArgumentNullException.ThrowIfNull(matrices);
        long most = 0;
        for (int i = 0; i < matrices.Count; i++)
        {
            most = Math.Max(most, MuonScratchLength(matrices[i].Rows, matrices[i].Columns));
        }

        CheckFloats(scratch, most * ThreadCount, nameof(scratch));
        _muonEach ??= new MuonEachWork(ThreadCount);
        MuonEachJob job = _muonEach.Prepare(step, matrices, parameters, gradients, momentum, norm, scratch);
        _pool.Run(ref job, matrices.Count);
    }

    /// <summary>Drives the matrix at the start of <paramref name="scratch"/> towards the nearest orthogonal one; returns where the result lies.</summary>
    private DeviceBuffer Orthogonalize(int rows, int columns, int iterations, DeviceBuffer scratch)
    {
        long length = (long)rows * columns;
        int side = Math.Min(rows, columns);
        long square = (long)side * side;
        DeviceBuffer x = scratch.Slice(0, length);
        DeviceBuffer next = scratch.Slice(length, length);
        DeviceBuffer gram = scratch.Slice(2 * length, square);
        DeviceBuffer factor = scratch.Slice((2 * length) + square, square);
        var inverseNorm = (float)(1 / (Math.Sqrt(SumOfSquares(x)) + MuonCoefficients.NormFloor));
        Elementwise(new ScaleOperator(inverseNorm), x, x, x);
        for (int i = 0; i < iterations; i++)
        {
            bool wide = rows <= columns;
            MatMul(wide ? MatMulKind.NT : MatMulKind.TN, side, side, wide ? columns : rows, 1f, x, x, 0f, gram);
            Copy(gram, factor);
            MatMul(MatMulKind.NN, side, side, side, MuonCoefficients.C, gram, gram, MuonCoefficients.B, factor);
            Copy(x, next);
            if (wide)
            {
                MatMul(MatMulKind.NN, rows, columns, side, 1f, factor, x, MuonCoefficients.A, next);
            }
            else
            {
                MatMul(MatMulKind.NN, rows, columns, side, 1f, x, factor, MuonCoefficients.A, next);
            }

            (x, next) = (next, x);
        }

        return x;
    }

    private double SumOfSquares(DeviceBuffer x)
    {
        int tiles = SumOfSquaresJob.TilesOf(x.Length);
        double* partial = (double*)_scratch.Reserve(2L * Math.Max(1, tiles));
        var job = new SumOfSquaresJob(x.Float32Pointer, x.Length, partial);
        _pool.Run(ref job, tiles);
        double sum = 0;
        for (int tile = 0; tile < tiles; tile++)
        {
            sum += partial[tile];
        }

        return sum;
    }
}
