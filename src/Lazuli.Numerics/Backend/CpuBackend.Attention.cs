namespace Lazuli.Numerics;

public sealed unsafe partial class CpuBackend
{
    public void CausalAttention(AttentionShape shape, DeviceBuffer qkv, DeviceBuffer y, DeviceBuffer logSumExp)
    {
        CheckAttention(shape, qkv, y, logSumExp, nameof(CausalAttention));
        CheckApart(qkv, y, nameof(y));
        var plan = new AttentionPlan(shape);
        float* scratch = _scratch.Reserve(ThreadCount * CausalAttentionJob.ScratchLength(plan));
        var job = new CausalAttentionJob(plan, qkv.Float32Pointer, y.Float32Pointer, logSumExp.Float32Pointer, scratch);
        _pool.Run(ref job, shape.Batch * shape.Heads * plan.QuerySplits);
    }

    public void CausalAttentionBackward(AttentionShape shape, DeviceBuffer qkv, DeviceBuffer y, DeviceBuffer logSumExp, DeviceBuffer dy, DeviceBuffer dQkv)
    {
        CheckAttention(shape, qkv, y, logSumExp, nameof(CausalAttentionBackward));
        CheckFloats(dy, y.Length, nameof(dy));
        CheckFloats(dQkv, qkv.Length, nameof(dQkv));
        CheckApart(qkv, dQkv, nameof(dQkv));
        CheckApart(y, dQkv, nameof(dQkv));
        CheckApart(dy, dQkv, nameof(dQkv));
        var plan = new AttentionPlan(shape);
        float* scratch = _scratch.Reserve(ThreadCount * CausalAttentionBackwardJob.ScratchLength(plan));
        var job = new CausalAttentionBackwardJob(plan, qkv.Float32Pointer, y.Float32Pointer, logSumExp.Float32Pointer, dy.Float32Pointer, dQkv.Float32Pointer, scratch);
        _pool.Run(ref job, shape.Batch * shape.KeyValueHeads);
    }

    private static void CheckAttention(AttentionShape shape, DeviceBuffer qkv, DeviceBuffer y, DeviceBuffer logSumExp, string operation)
    {
        CheckHeads(shape.Heads, shape.KeyValueHeads, shape.HeadSize, operation);
        if (shape.Batch <= 0 || shape.Time <= 0)
        {
            throw new ArgumentException($"{operation}: wants at least one sequence of one token; got {shape}.", nameof(shape));
        }

        long rows = (long)shape.Batch * shape.Time;
        CheckFloats(qkv, rows * shape.RowStride, nameof(qkv), operation);
        CheckFloats(y, rows * shape.Heads * shape.HeadSize, nameof(y), operation);
        CheckFloats(logSumExp, rows * shape.Heads, nameof(logSumExp), operation);
    }

    private static void CheckHeads(int heads, int keyValueHeads, int headSize, string operation)
    {
        if (heads <= 0 || keyValueHeads <= 0 || headSize <= 0 || heads % keyValueHeads != 0)
        {
            throw new ArgumentException($"{operation}: wants query heads divisible by key/value heads and a head size; got H {heads}, G {keyValueHeads}, D {headSize}.", nameof(heads));
        }
    }
}
