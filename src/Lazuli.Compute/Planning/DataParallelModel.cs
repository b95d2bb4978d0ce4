namespace Lazuli.Compute;

/// <summary>Step time and progress of a model on n devices in data parallel.</summary>
/// <param name="profile">The device.</param>
/// <param name="network">The network between hosts.</param>
/// <param name="assumptions">What is assumed.</param>
public sealed class DataParallelModel(HardwareProfile profile, NetworkProfile network, DataParallelAssumptions assumptions)
{
    private const double CheckpointBytes = 16; // value, gradient's place taken by the master copy, two moments

    private readonly StepTimeModel _device = new(profile);

    /// <summary>Tokens that a device works on at once.</summary>
    private long LargestPass => profile.TrainingType is NumberType.Fp32 ? 4096 : 32768;

    /// <summary>What one device does of a step of <paramref name="batch"/> tokens: its share of the rows, one at least.</summary>
    public StepWork WorkOf(ModelShape shape, long batch, int nodes)
    {
        long rows = Math.Max(1, ((batch / shape.ContextLength) + nodes - 1) / nodes);
        long largest = Math.Max(1, LargestPass / shape.ContextLength);
        long passes = (rows + largest - 1) / largest;
        return new StepWork(shape, (int)((rows + passes - 1) / passes), passes);
    }

    /// <summary>The batch, in tokens, with which <paramref name="nodes"/> devices make most progress a second: the planned one doubled as often as it helps, up to the critical one.</summary>
    public long FastestBatch(ModelShape shape, long plannedBatch, double criticalBatch, int nodes)
    {
        long best = plannedBatch;
        double most = Step(shape, best, plannedBatch, criticalBatch, nodes).UsefulTokensPerSecond;
        for (long batch = 2 * plannedBatch; nodes > 1 && batch <= criticalBatch; batch *= 2)
        {
            double progress = Step(shape, batch, plannedBatch, criticalBatch, nodes).UsefulTokensPerSecond;
            (best, most) = progress > most ? (batch, progress) : (best, most);
        }

        return best;
    }

    /// <summary>A step of <paramref name="batch"/> tokens on <paramref name="nodes"/> devices.</summary>
    /// <param name="shape">The model.</param>
    /// <param name="batch">Tokens of the step; rounded up to a row a device.</param>
    /// <param name="plannedBatch">Batch in tokens for one device, which a token's worth is measured by.</param>
    /// <param name="criticalBatch">Critical batch in tokens.</param>
    /// <param name="nodes">Devices.</param>
    public DataParallelStep Step(ModelShape shape, long batch, long plannedBatch, double criticalBatch, int nodes)
    {
        StepWork work = WorkOf(shape, batch, nodes);
        StepTime time = _device.Predict(work);
        long whole = work.Tokens * nodes;
        double allReduce = AllReduce(shape, nodes);
        double exposed = Math.Max(0, allReduce - (assumptions.OverlapShare * time.Backward));
        double straggler = nodes == 1 ? 0 : time.Seconds * assumptions.StepJitter * Math.Sqrt(2 * Math.Log(nodes));
        (double goodput, double interval) = Goodput(shape, nodes);
        long alone = WorkOf(shape, plannedBatch, 1).Tokens;
        double factor = TrainingRules.TokenFactor(whole, criticalBatch) / TrainingRules.TokenFactor(alone, criticalBatch);
        return new DataParallelStep(nodes, whole, time.Seconds, allReduce, exposed, straggler, goodput, interval, factor);
    }

    /// <summary>Bytes of memory that training needs on one device: 16 a parameter, and what a pass keeps for its backward.</summary>
    public double MemoryBytes(ModelShape shape, StepWork work)
    {
        double kept = shape.QkvWidth + shape.AttentionWidth + shape.FeedForwardInWidth + (2.0 * shape.Width);
        return (CheckpointBytes * shape.ParameterCount) + (StepTimeModel.BytesOf(profile.TrainingType) * work.TokensPerPass * shape.Layers * kept);
    }

    private double AllReduce(ModelShape shape, int nodes)
    {
        if (nodes == 1)
        {
            return 0;
        }

        Link link = nodes <= profile.DevicesPerHost && profile.Interconnect is { } inner ? inner : network.Link;
        double bytes = shape.ParameterCount * StepTimeModel.BytesOf(profile.TrainingType);
        return (2.0 * (nodes - 1) / nodes * bytes / link.BytesPerSecond) + (2.0 * (nodes - 1) * link.LatencySeconds);
    }

    private (double Goodput, double IntervalSeconds) Goodput(ModelShape shape, int nodes)
    {
        double write = CheckpointBytes * shape.ParameterCount / Math.Min(assumptions.CheckpointBytesPerSecondPerDevice * nodes, assumptions.StorageBytesPerSecond);
        double between = assumptions.HoursBetweenFailures * 3600 / nodes;
        double interval = Math.Sqrt(2 * write * between);
        double lost = (write / interval) + (interval / (2 * between)) + (assumptions.RestartMinutes * 60 / between);
        return (1 / (1 + lost), interval);
    }
}
