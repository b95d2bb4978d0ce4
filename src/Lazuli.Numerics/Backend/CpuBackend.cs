using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Lazuli.Numerics;

/// <summary>The host processor. Operators run as they are called, spread over a persistent pool of threads.</summary>
public sealed unsafe partial class CpuBackend : IBackend
{
    private readonly WorkerPool _pool;

    /// <summary>A backend of <paramref name="threads"/> threads; 0 takes all processors this process may use.</summary>
    public CpuBackend(int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        _pool = new WorkerPool(threads == 0 ? Environment.ProcessorCount : threads);
        _gemmScratch = new KernelScratch(_pool.ThreadCount);
    }

    public string Name => "cpu";

    public InstructionTier Tier { get; } = DetectTier();

    public int ThreadCount => _pool.ThreadCount;

    /// <summary>The backend's threads, for measurements of the machine.</summary>
    internal WorkerPool Pool => _pool;

    public DeviceArena CreateArena(string name, long initialBytes = 0)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfNegative(initialBytes);
        return new CpuArena(name, initialBytes);
    }

    public void Upload<T>(ReadOnlySpan<T> source, DeviceBuffer destination)
        where T : unmanaged
    {
        CheckHostType<T>(destination, nameof(destination));
        CheckLength(destination, source.Length, nameof(destination));
        source.CopyTo(new Span<T>((void*)destination.Address, source.Length));
    }

    public void Download<T>(DeviceBuffer source, Span<T> destination)
        where T : unmanaged
    {
        CheckHostType<T>(source, nameof(source));
        CheckLength(source, destination.Length, nameof(source));
        new ReadOnlySpan<T>((void*)source.Address, destination.Length).CopyTo(destination);
    }

    public void Copy(DeviceBuffer source, DeviceBuffer destination)
    {
        if (source.Type != destination.Type)
        {
            throw new ArgumentException($"Copy wants {source.Type}, got {destination.Type}.", nameof(destination));
        }

        CheckLength(destination, source.Length, nameof(destination));
        Buffer.MemoryCopy((void*)source.Address, (void*)destination.Address, destination.ByteLength, source.ByteLength);
    }

    public void Synchronize()
    {
        // Operators have finished when their call returns.
    }

    public void Dispose()
    {
        _pool.Dispose();
        _muonEach?.Dispose();
        _gemmScratch.Dispose();
        _scratch.Dispose();
    }

    private static InstructionTier DetectTier()
    {
        if (Avx512F.IsSupported && Avx512BW.IsSupported && Avx512DQ.IsSupported)
        {
            return InstructionTier.Avx512;
        }

        if (Avx2.IsSupported && Fma.IsSupported)
        {
            return InstructionTier.Avx2;
        }

        return AdvSimd.IsSupported ? InstructionTier.AdvSimd : InstructionTier.Portable;
    }

    private static void CheckHostType<T>(DeviceBuffer buffer, string name)
        where T : unmanaged
    {
        bool fits = buffer.Type switch
        {
            ElementType.Float32 => typeof(T) == typeof(float),
            ElementType.Int32 => typeof(T) == typeof(int),
            ElementType.Byte => typeof(T) == typeof(byte),
            _ => false,
        };
        if (!fits)
        {
            throw new ArgumentException($"The buffer holds {buffer.Type}, the span {typeof(T).Name}.", name);
        }
    }

    /// <summary>Checks a float operand at an operator's border.</summary>
    private static void CheckFloats(DeviceBuffer buffer, long length, string name, [CallerMemberName] string op = "")
    {
        if (buffer.IsNone || buffer.Type != ElementType.Float32 || buffer.Length != length)
        {
            ThrowShape(op, name, ElementType.Float32, length, buffer);
        }
    }

    /// <summary>Checks an integer operand at an operator's border.</summary>
    private static void CheckIntegers(DeviceBuffer buffer, long length, string name, [CallerMemberName] string op = "")
    {
        if (buffer.IsNone || buffer.Type != ElementType.Int32 || buffer.Length != length)
        {
            ThrowShape(op, name, ElementType.Int32, length, buffer);
        }
    }

    private static void CheckLength(DeviceBuffer buffer, long length, string name, [CallerMemberName] string op = "")
    {
        if (buffer.Length != length)
        {
            ThrowShape(op, name, buffer.Type, length, buffer);
        }
    }

    /// <summary>Whole rows of <paramref name="columns"/> in a float buffer.</summary>
    private static int RowsOf(DeviceBuffer buffer, int columns, string name, [CallerMemberName] string op = "")
    {
        if (columns <= 0 || buffer.IsNone || buffer.Type != ElementType.Float32 || buffer.Length % columns != 0)
        {
            throw new ArgumentException($"{op}: {name} wants whole rows of {columns} floats; got {buffer}.", name);
        }

        return checked((int)(buffer.Length / columns));
    }

    private static void ThrowShape(string op, string name, ElementType type, long length, DeviceBuffer found) =>
        throw new ArgumentException($"{op}: {name} wants {type}[{length}]; got {found}.", name);
}
