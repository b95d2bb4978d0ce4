namespace Lazuli.Numerics;

/// <content>The fused head: linear layer, softmax and cross-entropy.</content>
public sealed unsafe partial class CpuBackend
{
    /// <summary>Floats of logits that exist at a time: 32 MiB.</summary>
    private const long LogitsFloats = 8L << 20;

    /// <summary>More rows at a time gain nothing: the weight's traffic is already small beside the arithmetic.</summary>
    private const int LargestChunkRows = 512;

    /// <summary>Vocabulary entries whose part of the input's gradient is summed before the next are read: their logits stay in cache.</summary>
    private const int InputGradientEntries = 4096;

    public void LinearCrossEntropy(LinearShape shape, DeviceBuffer x, DeviceBuffer weight, DeviceBuffer targets, DeviceBuffer losses, float gradientScale, DeviceBuffer dx, DeviceBuffer dWeight)
    {
        CheckCrossEntropy(shape, x, weight, targets, losses, dx, dWeight);
        if (Tier is InstructionTier.Avx2 or InstructionTier.Avx512)
        {
            LinearCrossEntropy<Avx2Kernel>(shape, x, weight, targets, losses, gradientScale, dx, dWeight);
        }
        else
        {
            LinearCrossEntropy<PortableKernel>(shape, x, weight, targets, losses, gradientScale, dx, dWeight);
        }
    }

    private void LinearCrossEntropy<TKernel>(LinearShape shape, DeviceBuffer x, DeviceBuffer weight, DeviceBuffer targets, DeviceBuffer losses, float gradientScale, DeviceBuffer dx, DeviceBuffer dWeight)
        where TKernel : unmanaged, IMicroKernel
    {
        int chunkRows = ChunkRows(shape.Rows, shape.Out);
        int strips = (shape.Out + CrossEntropyChunk.StripEntries - 1) / CrossEntropyChunk.StripEntries;
        long logits = (long)chunkRows * shape.Out;
        long statistics = (long)strips * chunkRows;
        float* work = _gemmScratch.Work(logits + (2 * statistics) + chunkRows + ((long)chunkRows * shape.In));
        for (int row = 0; row < shape.Rows; row += chunkRows)
        {
            int rows = Math.Min(chunkRows, shape.Rows - row);
            var chunk = new CrossEntropyChunk
            {
                Rows = rows,
                PaddedRows = (rows + PanelWidth - 1) / PanelWidth * PanelWidth,
                Vocabulary = shape.Out,
                Channels = shape.In,
                Strips = strips,
                GradientScale = gradientScale,
                Targets = targets.Int32Pointer + row,
                Losses = losses.Float32Pointer + row,
                Logits = work,
                StripMax = work + logits,
                StripSum = work + logits + statistics,
                TargetLogits = work + logits + (2 * statistics),
            };
            float* input = x.Float32Pointer + ((nint)row * shape.In);
            HeadLosses<TKernel>(&chunk, input, weight.Float32Pointer);
            if (!dx.IsNone)
            {
                HeadWeightGradient<TKernel>(&chunk, input, dWeight.Float32Pointer);
                HeadInputGradient<TKernel>(&chunk, weight.Float32Pointer, chunk.TargetLogits + chunkRows, dx.Float32Pointer + ((nint)row * shape.In));
            }
        }
    }

    /// <summary>Rows of a chunk: as many as the scratch allows, evenly, in whole panels.</summary>
    private int ChunkRows(int rows, int vocabulary)
    {
        long largest = Math.Clamp(LogitsFloats / vocabulary / PanelWidth * PanelWidth, PanelWidth, LargestChunkRows);
        int chunks = Math.Max(1, (int)((rows + largest - 1) / largest));
        int even = (rows + chunks - 1) / chunks;
        return Math.Max(1, (even + PanelWidth - 1) / PanelWidth) * PanelWidth;
    }

    private void HeadLosses<TKernel>(CrossEntropyChunk* chunk, float* x, float* weight)
        where TKernel : unmanaged, IMicroKernel
    {
        int channels = chunk->Channels;
        float* panels = PackRight(x, 1, channels, channels, chunk->Rows);
        GemmArguments g = Product(chunk->Vocabulary, chunk->PaddedRows, channels, weight, LeftLayout.Plain(channels, 1), panels, chunk->Logits);
        g.CRow = PanelWidth;
        g.CPanel = (nint)chunk->Vocabulary * PanelWidth;
        var logits = new LogitsJob<TKernel>(chunk, &g, _gemmScratch.Workers(GemmStrip<TKernel>.ScratchFloats));
        _pool.Run(ref logits, chunk->Strips);
        var join = new JoinJob(chunk);
        _pool.Run(ref join, chunk->PaddedRows / 8);
    }

    private void HeadWeightGradient<TKernel>(CrossEntropyChunk* chunk, float* x, float* dWeight)
        where TKernel : unmanaged, IMicroKernel
    {
        int channels = chunk->Channels;
        float* panels = PackRight(x, channels, 1, chunk->Rows, channels);
        var walk = new LeftLayout(PanelWidth, 1, PanelWidth, ((nint)chunk->Vocabulary * PanelWidth) - PanelWidth);
        GemmArguments g = Product(chunk->Vocabulary, channels, chunk->Rows, chunk->Logits, walk, panels, dWeight);
        g.Beta = 1f;
        var job = new HeadWeightGradientJob<TKernel>(chunk, &g, _gemmScratch.Workers(GemmStrip<TKernel>.ScratchFloats));
        _pool.Run(ref job, chunk->Strips);
    }

    /// <summary><c>dxᵀ = weightᵀ · dLogitsᵀ</c>: the logits are the right operand as they lie.</summary>
    private void HeadInputGradient<TKernel>(CrossEntropyChunk* chunk, float* weight, float* transposed, float* dx)
        where TKernel : unmanaged, IMicroKernel
    {
        int channels = chunk->Channels;
        GemmArguments g = Product(channels, chunk->PaddedRows, chunk->Vocabulary, weight, LeftLayout.Plain(1, channels), chunk->Logits, transposed);
        g.PackA = true;
        g.BPanel = (nint)chunk->Vocabulary * PanelWidth;
        g.CRow = PanelWidth;
        g.CPanel = (nint)channels * PanelWidth;
        int part = InputGradientEntries / g.DepthBlock * g.DepthBlock;
        for (int v = 0; v < chunk->Vocabulary; v += part)
        {
            g.K = Math.Min(part, chunk->Vocabulary - v);
            g.A = weight + ((nint)v * channels);
            g.B = chunk->Logits + ((nint)v * PanelWidth);
            g.Beta = v == 0 ? 0f : 1f;
            Multiply<TKernel>(ref g);
        }

        var job = new UntransposeJob(transposed, PanelWidth, chunk->Rows, channels, dx);
        _pool.Run(ref job, chunk->PaddedRows / PanelWidth);
    }

    private static void CheckCrossEntropy(LinearShape shape, DeviceBuffer x, DeviceBuffer weight, DeviceBuffer targets, DeviceBuffer losses, DeviceBuffer dx, DeviceBuffer dWeight)
    {
        const string Operator = nameof(LinearCrossEntropy);
        ArgumentOutOfRangeException.ThrowIfNegative(shape.Rows, nameof(shape));
        CheckPositive(shape.In, nameof(shape));
        CheckPositive(shape.Out, nameof(shape));
        CheckFloats(x, (long)shape.Rows * shape.In, nameof(x), Operator);
        CheckFloats(weight, (long)shape.In * shape.Out, nameof(weight), Operator);
        CheckIntegers(targets, shape.Rows, nameof(targets), Operator);
        CheckFloats(losses, shape.Rows, nameof(losses), Operator);
        if (dx.IsNone != dWeight.IsNone)
        {
            throw new ArgumentException($"{Operator} wants both gradients or none; got dx {dx}, dWeight {dWeight}.", nameof(dWeight));
        }

        if (!dx.IsNone)
        {
            CheckFloats(dx, (long)shape.Rows * shape.In, nameof(dx), Operator);
            CheckFloats(dWeight, (long)shape.In * shape.Out, nameof(dWeight), Operator);
        }

        for (int row = 0; row < shape.Rows; row++)
        {
            int target = targets.Int32Pointer[row];
            if (target < -1 || target >= shape.Out)
            {
                throw new ArgumentException($"{Operator}: target {target} of row {row} is neither −1 nor in [0, {shape.Out}).", nameof(targets));
            }
        }
    }
}
