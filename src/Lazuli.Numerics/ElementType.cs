namespace Lazuli.Numerics;

/// <summary>What one element of a <see cref="DeviceBuffer"/> is.</summary>
public enum ElementType : byte
{
    /// <summary>IEEE 754 binary32.</summary>
    Float32 = 0,

    /// <summary>Signed 32-bit integer: token ids, positions, page numbers.</summary>
    Int32 = 1,

    /// <summary>Eight bits without meaning of their own: weights in a stored format.</summary>
    Byte = 2,
}

/// <summary>Sizes of element types.</summary>
public static class ElementTypeSizes
{
    /// <summary>Bytes of one element.</summary>
    public static int ByteSize(this ElementType type) => type switch
    {
        ElementType.Float32 => 4,
        ElementType.Int32 => 4,
        ElementType.Byte => 1,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Unknown element type."),
    };
}
