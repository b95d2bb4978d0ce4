namespace Lazuli.Numerics;

public sealed unsafe partial class CpuBackend
{
    public void CausalAttention(AttentionShape shape, DeviceBuffer qkv, DeviceBuffer y, DeviceBuffer logSumExp, DeviceBuffer firstKeys = default)
    {
        CheckAttention(shape, qkv, y, logSumExp, nameof(CausalAttention));
        int* first = FirstKeys(shape, firstKeys);
        CheckApart(qkv, y, nameof(y));
        var plan = new AttentionPlan(shape);
        float* scratch = _scratch.Reserve(ThreadCount * CausalAttentionJob.ScratchLength(plan));
        var job = new CausalAttentionJob(plan, qkv.Float32Pointer, first, y.Float32Pointer, logSumExp.Float32Pointer, scratch);
        _pool.Run(ref job, shape.Batch * shape.Heads * plan.QuerySplits);
    }

    public void CausalAttentionBackward(AttentionShape shape, DeviceBuffer qkv, DeviceBuffer y, DeviceBuffer logSumExp, DeviceBuffer dy, DeviceBuffer dQkv, DeviceBuffer firstKeys = default)
    {
        CheckAttention(shape, qkv, y, logSumExp, nameof(CausalAttentionBackward));
        int* first = FirstKeys(shape, firstKeys);
        CheckFloats(dy, y.Length, nameof(dy));
        CheckFloats(dQkv, qkv.Length, nameof(dQkv));
        CheckApart(qkv, dQkv, nameof(dQkv));
        CheckApart(y, dQkv, nameof(dQkv));
        CheckApart(dy, dQkv, nameof(dQkv));
        var plan = new AttentionPlan(shape);
        float* scratch = _scratch.Reserve(ThreadCount * CausalAttentionBackwardJob.ScratchLength(plan));
        var job = new CausalAttentionBackwardJob(plan, qkv.Float32Pointer, first, y.Float32Pointer, logSumExp.Float32Pointer, dy.Float32Pointer, dQkv.Float32Pointer, scratch);
        _pool.Run(ref job, shape.Batch * shape.KeyValueHeads);
    }

    /// <summary>Where the first visible keys lie; null for "all". The kernel trusts that each is from 0 to its row's own place.</summary>
    private static int* FirstKeys(AttentionShape shape, DeviceBuffer firstKeys)
    {
        if (firstKeys.IsNone)
        {
            return null;
        }

        CheckIntegers(firstKeys, (long)shape.Batch * shape.Time, nameof(firstKeys));
        int* first = firstKeys.Int32Pointer;
        for (int i = 0; i < shape.Batch * shape.Time; i++)
        {
            if ((uint)first[i] > (uint)(i % shape.Time))
            {
                throw new ArgumentException($"Token {i % shape.Time} of sequence {i / shape.Time} wants a first key from 0 to itself; got {first[i]}.", nameof(firstKeys));
            }
        }

        return first;
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
