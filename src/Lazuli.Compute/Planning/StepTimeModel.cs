namespace Lazuli.Compute;

/// <summary>Predicts how long a training step takes on one device: a roofline of this project's operators, calibrated by what <c>lazuli bench limits</c> measures.</summary>
/// <remarks>
/// <para>A product of m × n, k terms a sum: <c>2mnk / (peak · e · k/(k + 8)) + bytes / memoryRate</c>. e, the share of the peak inside the kernel, follows from
/// the profile's measured product of 2,048 × 768 × 768; k/(k + 8) because each tile of the result pays a start and a store worth some 8 terms. Bytes: the right operand read
/// and packed, the left one read (and packed, for weight gradients), the result written, and read and written once more for each further block of 768 terms.
/// Nothing of this overlaps.</para>
/// <para>Attention: 4·D FLOP a pair of query and key forward and 10·D backward (scores are computed again), on (T + 48)/2 pairs a query since tiles
/// of 48 straddle the diagonal, at 0.83 of e; a softmax weight costs as many vector operations as stated below.</para>
/// <para>Head: three products in chunks of rows whose logits fit 32 MiB, 24 bytes a logit between them, the weight's gradient read and written once a chunk.</para>
/// <para>Norms, copies and rotations: 112 bytes a channel, token and block. Activations: vector operations. Optimizer: 36 bytes a parameter for AdamW
/// (zeroing 4, norm 4, value and two moments read and written, gradient read). Muon: five Newton–Schulz steps a matrix, each a product of m × m over n, one of m × m over m and one of m × n over m (m ≤ n).
/// Streams whose buffers fit half of the last cache run at three times the memory's rate.</para>
/// <para>Operators: some 44 starts a block, each at the profile's measured time of a start.</para>
/// <para>The constants are those of the lab log's operator benchmarks (time an element × peak of that run), the same for every recipe and device. Where a profile has no measured
/// product, <see cref="AssumedProductShare"/> stands in: what follows is then an assumption, and plans say so.</para>
/// </remarks>
public sealed class StepTimeModel
{
    /// <summary>Product share assumed for devices that were not measured here: of the dense peak, for large products.</summary>
    public const double AssumedProductShare = 0.65;

    /// <summary>Seconds of a start assumed for devices that were not measured here.</summary>
    public const double AssumedOperatorSeconds = 5e-6;

    private const double TileTerms = 8;
    private const double BlockTerms = 768;
    private const double AttentionShare = 0.83;
    private const double AttentionTile = 48;
    private const double CacheSpeedUp = 3;
    private const double LogitsOfChunk = 8 << 20;
    private const double RowsOfChunk = 512;

    // Vector operations an element, in units of a multiply-add's halves: nanoseconds measured on one thread × its peak (lab log, attention and elementwise kernels).
    private const double SoftmaxForward = 130;
    private const double SoftmaxBackward = 60;
    private const double HeadSoftmax = 130;
    private const double SwiGlu = 68;
    private const double SwiGluBackward = 104;
    private const double Gelu = 50;
    private const double GeluBackward = 92;

    private const double StreamBytesPerChannel = 112;
    private const double AdamWBytes = 36;
    private const double MuonBytes = 28;
    private const int StartsPerBlock = 44;
    private const int StartsPerChunk = 8;
    private const int StartsPerPass = 6;
    private const int StartsPerUpdate = 10;

    private readonly double _peak;
    private readonly double _vectorPeak;
    private readonly double _rate;
    private readonly double _cacheBytes;
    private readonly double _start;
    private readonly double _width;
    private readonly double _kernelShare;

    /// <summary>Calibrates the model by <paramref name="profile"/>.</summary>
    public StepTimeModel(HardwareProfile profile)
    {
        _peak = profile.TrainingPeak;
        _vectorPeak = profile.PeakFlopPerSecond.TryGetValue(NumberType.Fp32, out double fp32) ? fp32 : profile.TrainingPeak / 16; // units beside the matrix ones
        _rate = profile.MemoryBytesPerSecond;
        _cacheBytes = profile.CacheBytes ?? 0;
        _start = profile.OperatorSeconds ?? AssumedOperatorSeconds;
        _width = BytesOf(profile.TrainingType);
        _kernelShare = KernelShare(profile.ProductShare ?? AssumedProductShare);
    }

    /// <summary>Bytes of a number in that type.</summary>
    public static double BytesOf(NumberType type) => type switch
    {
        NumberType.Fp32 or NumberType.Tf32 => 4,
        NumberType.Fp16 or NumberType.Bf16 => 2,
        _ => 1,
    };

    /// <summary>Seconds of one step.</summary>
    public StepTime Predict(StepWork work)
    {
        ModelShape s = work.Shape;
        double rows = work.TokensPerPass;
        (double forward, double backward) = Block(s, rows);
        double passes = work.Passes;
        double chunks = Math.Ceiling(rows / ChunkRows(s, rows));
        double starts = (passes * ((StartsPerBlock * s.Layers) + (StartsPerChunk * chunks) + StartsPerPass)) + StartsPerUpdate + (3 * s.Layers);
        return new StepTime(
            passes * s.Layers * forward, passes * Head(s, rows, chunks), passes * s.Layers * backward, Update(s, work.Optimizer), starts * _start);
    }

    private (double Forward, double Backward) Block(ModelShape s, double rows)
    {
        double forward = 0, backward = 0;
        (double Inputs, double Outputs, bool Adds)[] products =
            [(s.Width, s.QkvWidth, false), (s.AttentionWidth, s.Width, true), (s.Width, s.FeedForwardInWidth, false), (s.FeedForwardWidth, s.Width, true)];
        foreach ((double inputs, double outputs, bool adds) in products)
        {
            forward += Forward(rows, inputs, outputs, adds);
            backward += BackwardInput(rows, inputs, outputs) + BackwardWeight(rows, inputs, outputs);
        }

        double pairs = rows * s.Heads * (s.ContextLength + AttentionTile) / 2;
        forward += pairs * ((4 * s.HeadSize / (_peak * _kernelShare * AttentionShare)) + (SoftmaxForward / _vectorPeak));
        backward += pairs * ((10 * s.HeadSize / (_peak * _kernelShare * AttentionShare)) + (SoftmaxBackward / _vectorPeak));
        bool gated = s.Family == PlannedFamily.Llama;
        double activation = gated ? SwiGlu : Gelu;
        forward += rows * s.FeedForwardWidth * activation / _vectorPeak;
        backward += rows * s.FeedForwardWidth * (activation + (gated ? SwiGluBackward : GeluBackward)) / _vectorPeak; // it is computed again
        double streams = Stream(StreamBytesPerChannel / 4 * _width * rows * s.Width, rows * s.Width * _width);
        return (forward + (streams * 0.4), backward + (streams * 0.6));
    }

    private double Head(ModelShape s, double rows, double chunks)
    {
        const double BytesPerLogit = 24;
        double v = s.VocabularySize, c = s.Width, chunk = rows / chunks;
        double products = chunks * (Product(v, chunk, c) + Product(v, c, chunk) + Product(c, chunk, v));
        double bytes = _width * ((BytesPerLogit / 4 * rows * v) + (chunks * 2 * v * c) + (8 * rows * c));
        return products + (bytes / _rate) + (rows * v * HeadSoftmax / _vectorPeak);
    }

    private double Update(ModelShape s, PlannedOptimizer optimizer)
    {
        double parameters = s.ParameterCount;
        const double StateBytes = 16;
        if (optimizer == PlannedOptimizer.AdamW)
        {
            return Stream(AdamWBytes * parameters, StateBytes * parameters);
        }

        double hidden = s.Layers * (double)s.BlockWeights;
        double keyRows = (double)s.KeyValueHeads * s.HeadSize;
        double block = NewtonSchulz(s.AttentionWidth, s.Width) + (2 * NewtonSchulz(keyRows, s.Width)) + NewtonSchulz(s.Width, s.AttentionWidth)
            + (s.FeedForwardInWidth / (double)s.FeedForwardWidth * NewtonSchulz(s.FeedForwardWidth, s.Width)) + NewtonSchulz(s.Width, s.FeedForwardWidth);
        return (s.Layers * block)
            + Stream((MuonBytes * hidden) + (AdamWBytes * (parameters - hidden)), StateBytes * parameters);
    }

    /// <summary>Seconds to orthogonalise one matrix; its operands stay in cache.</summary>
    private double NewtonSchulz(double rows, double columns)
    {
        const int Iterations = 5;
        double m = Math.Min(rows, columns), n = Math.Max(rows, columns);
        return Iterations * (Product(m, m, n) + Product(m, m, m) + Product(m, n, m));
    }

    private double Forward(double rows, double inputs, double outputs, bool adds) =>
        Product(rows, outputs, inputs) + (_width * ((2 * inputs * outputs) + (rows * inputs) + (rows * outputs * Results(inputs, adds))) / _rate);

    private double BackwardInput(double rows, double inputs, double outputs) =>
        Product(rows, inputs, outputs) + (_width * ((2 * inputs * outputs) + (rows * outputs) + (rows * inputs * Results(outputs, adds: false))) / _rate);

    private double BackwardWeight(double rows, double inputs, double outputs) =>
        Product(outputs, inputs, rows) + (_width * ((2 * rows * inputs) + (2 * rows * outputs) + (inputs * outputs * Results(rows, adds: true))) / _rate);

    /// <summary>How often a result is read or written: once, and twice for each further block of terms or for what it is added to.</summary>
    private static double Results(double terms, bool adds) => (2 * Math.Ceiling(terms / BlockTerms)) - (adds ? 0 : 1);

    private double Product(double m, double n, double k) => 2 * m * n * k / (_peak * _kernelShare * k / (k + TileTerms));

    /// <summary>Seconds for <paramref name="bytes"/> of traffic over buffers of <paramref name="working"/> bytes.</summary>
    private double Stream(double bytes, double working) => bytes / (_rate * (working <= _cacheBytes / 2 ? CacheSpeedUp : 1));

    private static double ChunkRows(ModelShape s, double rows) => Math.Min(rows, Math.Clamp(Math.Floor(LogitsOfChunk / s.VocabularySize / 16) * 16, 16, RowsOfChunk));

    /// <summary>The share inside the kernel that makes the model's time of the measured product equal to the measured one.</summary>
    private double KernelShare(double productShare)
    {
        const double Rows = 2048, Width = 768;
        double flop = 2 * Rows * Width * Width;
        double seconds = flop / (_peak * productShare);
        double traffic = _width * ((2 * Width * Width) + (2 * Rows * Width)) / _rate;
        double arithmetic = Math.Max(seconds - traffic, seconds / 2);
        return Math.Min(1, flop / (_peak * arithmetic) * (Width + TileTerms) / Width);
    }
}
