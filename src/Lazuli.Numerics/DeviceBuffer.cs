namespace Lazuli.Numerics;

/// <summary>An opaque stretch of a device's memory: device, place, length, element type. Nobody outside the backend looks inside.</summary>
/// <remarks>
/// A value, not an owner: the <see cref="DeviceArena"/> that handed it out owns the memory, and a buffer is valid until that
/// arena is reset, released past it, or disposed. The default value is "no buffer", which operators accept where they say so.
/// </remarks>
public readonly struct DeviceBuffer : IEquatable<DeviceBuffer>
{
    internal DeviceBuffer(nint address, long length, ElementType type, int device)
    {
        Address = address;
        Length = length;
        Type = type;
        Device = device;
    }

    /// <summary>Where the first element lies; 0 for no buffer. Meaningful to the backend of <see cref="Device"/> only.</summary>
    internal nint Address { get; }

    /// <summary>Number of elements.</summary>
    public long Length { get; }

    /// <summary>What one element is.</summary>
    public ElementType Type { get; }

    /// <summary>Which device holds the memory; 0 is the host processor.</summary>
    public int Device { get; }

    /// <summary>True for the default value.</summary>
    public bool IsNone => Address == 0;

    /// <summary>Size in bytes.</summary>
    public long ByteLength => Length * Type.ByteSize();

    /// <summary>The part of <paramref name="length"/> elements from <paramref name="start"/> on; shares the memory.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The part does not lie inside this buffer.</exception>
    public DeviceBuffer Slice(long start, long length)
    {
        if (start < 0 || length < 0 || start > Length - length)
        {
            throw new ArgumentOutOfRangeException(nameof(start), $"Slice [{start}, {start}+{length}) does not lie in a buffer of {Length} elements.");
        }

        return new DeviceBuffer(Address + (nint)(start * Type.ByteSize()), length, Type, Device);
    }

    internal unsafe float* Float32Pointer => (float*)Address;

    internal unsafe int* Int32Pointer => (int*)Address;

    internal unsafe byte* BytePointer => (byte*)Address;

    public bool Equals(DeviceBuffer other) => Address == other.Address && Length == other.Length && Type == other.Type && Device == other.Device;

    public override bool Equals(object? obj) => obj is DeviceBuffer other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Address, Length, Type, Device);

    public static bool operator ==(DeviceBuffer left, DeviceBuffer right) => left.Equals(right);

    public static bool operator !=(DeviceBuffer left, DeviceBuffer right) => !left.Equals(right);

    public override string ToString() => IsNone ? "no buffer" : $"{Type}[{Length}]@device{Device}";
}
