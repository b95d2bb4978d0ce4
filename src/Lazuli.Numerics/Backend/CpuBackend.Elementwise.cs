namespace Lazuli.Numerics;

public sealed unsafe partial class CpuBackend
{
    private readonly OperatorScratch _scratch = new();

    public void Fill(DeviceBuffer buffer, float value)
    {
        CheckFloats(buffer, buffer.Length, nameof(buffer));
        Elementwise(new FillOperator(value), buffer, buffer, buffer);
    }

    public void AddScaled(DeviceBuffer x, float alpha, DeviceBuffer y)
    {
        CheckFloats(x, x.Length, nameof(x));
        CheckFloats(y, x.Length, nameof(y));
        CheckApart(x, y, nameof(y));
        Elementwise(new AddScaledOperator(alpha), x, y, y);
    }

    private void Elementwise<TOperator>(TOperator op, DeviceBuffer a, DeviceBuffer b, DeviceBuffer y)
        where TOperator : unmanaged, IElementwiseOperator
    {
        var job = new ElementwiseJob<TOperator>(op, a.Float32Pointer, b.Float32Pointer, y.Float32Pointer, y.Length);
        _pool.Run(ref job, ElementwiseJob<TOperator>.TilesOf(y.Length));
    }

    /// <summary>Refuses an output that overlaps an input; being the same stretch is allowed where <paramref name="sameAllowed"/>.</summary>
    private static void CheckApart(DeviceBuffer input, DeviceBuffer output, string name, bool sameAllowed = false, [System.Runtime.CompilerServices.CallerMemberName] string operation = "")
    {
        bool overlaps = input.Address < output.Address + output.ByteLength && output.Address < input.Address + input.ByteLength;
        if (overlaps && !(sameAllowed && input.Address == output.Address))
        {
            throw new ArgumentException($"{operation}: {name} overlaps an input; wants memory of its own{(sameAllowed ? ", or the input itself" : string.Empty)}.", name);
        }
    }
}
