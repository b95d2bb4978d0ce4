namespace Lazuli.Numerics;

/// <content>Matrix products.</content>
public sealed unsafe partial class CpuBackend
{
    private readonly KernelScratch _gemmScratch;

    /// <summary>Columns of a packed panel in this tier.</summary>
    private int PanelWidth => Avx2Kernel.Columns;

    public void Linear(LinearShape shape, DeviceBuffer x, DeviceBuffer weight, DeviceBuffer bias, DeviceBuffer y, bool accumulate = false)
    {
        CheckLinear(shape, x, y, nameof(x), nameof(y));
        CheckFloats(weight, (long)shape.In * shape.Out, nameof(weight));
        CheckBias(shape, bias);
        float* panels = PackRight(weight.Float32Pointer, 1, shape.In, shape.In, shape.Out);
        MultiplyForward(shape, x, panels, ScratchPanel(shape.In), bias, y, accumulate);
    }

    public void LinearBackwardInput(LinearShape shape, DeviceBuffer dy, DeviceBuffer weight, DeviceBuffer dx, bool accumulate = false)
    {
        CheckLinear(shape, dx, dy, nameof(dx), nameof(dy));
        CheckFloats(weight, (long)shape.In * shape.Out, nameof(weight));
        float* panels = PackRight(weight.Float32Pointer, shape.In, 1, shape.Out, shape.In);
        GemmArguments g = Product(shape.Rows, shape.In, shape.Out, dy.Float32Pointer, LeftLayout.Plain(shape.Out, 1), panels, dx.Float32Pointer);
        g.Beta = accumulate ? 1f : 0f;
        Multiply(ref g);
    }

    public void LinearBackwardWeight(LinearShape shape, DeviceBuffer dy, DeviceBuffer x, DeviceBuffer dWeight, DeviceBuffer dBias)
    {
        CheckLinear(shape, x, dy, nameof(x), nameof(dy));
        CheckFloats(dWeight, (long)shape.In * shape.Out, nameof(dWeight));
        CheckBias(shape, dBias);
        float* panels = PackRight(x.Float32Pointer, shape.In, 1, shape.Rows, shape.In);
        GemmArguments g = Product(shape.Out, shape.In, shape.Rows, dy.Float32Pointer, LeftLayout.Plain(1, shape.Out), panels, dWeight.Float32Pointer);
        g.PackA = true;
        g.Beta = 1f;
        Multiply(ref g);
        if (!dBias.IsNone)
        {
            var job = new ColumnSumJob(dy.Float32Pointer, shape.Rows, shape.Out, dBias.Float32Pointer);
            _pool.Run(ref job, job.Tiles);
        }
    }

    public void MatMul(MatMulKind kind, int m, int n, int k, float alpha, DeviceBuffer a, DeviceBuffer b, float beta, DeviceBuffer c)
    {
        CheckPositive(m, nameof(m));
        CheckPositive(n, nameof(n));
        CheckPositive(k, nameof(k));
        CheckFloats(a, (long)m * k, nameof(a));
        CheckFloats(b, (long)n * k, nameof(b));
        CheckFloats(c, (long)m * n, nameof(c));
        float* panels = kind == MatMulKind.NT
            ? PackRight(b.Float32Pointer, 1, k, k, n)
            : PackRight(b.Float32Pointer, n, 1, k, n);
        LeftLayout left = kind == MatMulKind.TN ? LeftLayout.Plain(1, m) : LeftLayout.Plain(k, 1);
        GemmArguments g = Product(m, n, k, a.Float32Pointer, left, panels, c.Float32Pointer);
        g.PackA = kind == MatMulKind.TN;
        g.Alpha = alpha;
        g.Beta = beta;
        Multiply(ref g);
    }

    public long PackedWeightLength(LinearShape shape)
    {
        CheckPositive(shape.In, nameof(shape));
        CheckPositive(shape.Out, nameof(shape));
        return PanelFloats(shape.In, shape.Out);
    }

    public void PackWeight(LinearShape shape, DeviceBuffer weight, DeviceBuffer packed)
    {
        CheckFloats(weight, (long)shape.In * shape.Out, nameof(weight));
        CheckFloats(packed, PackedWeightLength(shape), nameof(packed));
        var job = new PanelPackingJob(weight.Float32Pointer, 1, shape.In, shape.In, shape.Out, PanelWidth, packed.Float32Pointer, (nint)shape.In * PanelWidth);
        _pool.Run(ref job, job.Tiles);
    }

    public void LinearPacked(LinearShape shape, DeviceBuffer x, DeviceBuffer packed, DeviceBuffer bias, DeviceBuffer y, bool accumulate = false)
    {
        CheckLinear(shape, x, y, nameof(x), nameof(y));
        CheckFloats(packed, PackedWeightLength(shape), nameof(packed));
        CheckBias(shape, bias);
        MultiplyForward(shape, x, packed.Float32Pointer, (nint)shape.In * PanelWidth, bias, y, accumulate);
    }

    private void MultiplyForward(LinearShape shape, DeviceBuffer x, float* panels, nint panelStride, DeviceBuffer bias, DeviceBuffer y, bool accumulate)
    {
        GemmArguments g = Product(shape.Rows, shape.Out, shape.In, x.Float32Pointer, LeftLayout.Plain(shape.In, 1), panels, y.Float32Pointer);
        g.BPanel = panelStride;
        g.Bias = bias.Float32Pointer;
        g.Beta = accumulate ? 1f : 0f;
        Multiply(ref g);
    }

    /// <summary>A product with row-major result and whole panels of K.</summary>
    private GemmArguments Product(int m, int n, int k, float* a, LeftLayout left, float* panels, float* c) => new()
    {
        M = m,
        N = n,
        K = k,
        DepthBlock = GemmBlocking.DepthBlock(k),
        A = a,
        ALayout = left,
        B = panels,
        BPanel = ScratchPanel(k),
        C = c,
        CRow = n,
        CPanel = PanelWidth,
        Alpha = 1f,
    };

    private void Multiply(ref GemmArguments g)
    {
        if (g.M == 0)
        {
            return;
        }

        if (Tier is InstructionTier.Avx2 or InstructionTier.Avx512)
        {
            Multiply<Avx2Kernel>(ref g);
        }
        else
        {
            Multiply<PortableKernel>(ref g);
        }
    }

    private void Multiply<TKernel>(ref GemmArguments g)
        where TKernel : unmanaged, IMicroKernel
    {
        fixed (GemmArguments* pinned = &g)
        {
            var job = new GemmJob<TKernel>(pinned, _gemmScratch.Workers(GemmStrip<TKernel>.ScratchFloats));
            _pool.Run(ref job, job.Tiles);
        }
    }

    private long PanelFloats(int k, int n) => (long)k * ((n + PanelWidth - 1) / PanelWidth * PanelWidth);

    /// <summary>Floats from one panel of scratch to the next: a line more than it holds, else panels of a power-of-two depth would all fall into one set of the caches.</summary>
    private nint ScratchPanel(int k) => ((nint)k + 1) * PanelWidth;

    private float* PackRight(float* source, nint depthStride, nint columnStride, int k, int n)
    {
        nint stride = ScratchPanel(k);
        float* panels = _gemmScratch.Panels(stride * ((n + PanelWidth - 1) / PanelWidth));
        var job = new PanelPackingJob(source, depthStride, columnStride, k, n, PanelWidth, panels, stride);
        _pool.Run(ref job, job.Tiles);
        return panels;
    }

    private static void CheckLinear(LinearShape shape, DeviceBuffer x, DeviceBuffer y, string xName, string yName, [System.Runtime.CompilerServices.CallerMemberName] string op = "")
    {
        ArgumentOutOfRangeException.ThrowIfNegative(shape.Rows, nameof(shape));
        CheckPositive(shape.In, nameof(shape));
        CheckPositive(shape.Out, nameof(shape));
        CheckFloats(x, (long)shape.Rows * shape.In, xName, op);
        CheckFloats(y, (long)shape.Rows * shape.Out, yName, op);
    }

    private static void CheckBias(LinearShape shape, DeviceBuffer bias, [System.Runtime.CompilerServices.CallerMemberName] string op = "")
    {
        if (!bias.IsNone)
        {
            CheckFloats(bias, shape.Out, nameof(bias), op);
        }
    }

    private static void CheckPositive(int value, string name) => ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, name);
}
