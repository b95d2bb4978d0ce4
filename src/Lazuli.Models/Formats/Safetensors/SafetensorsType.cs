namespace Lazuli.Models;

/// <summary>Element types that the safetensors format names.</summary>
public enum SafetensorsType
{
    /// <summary><c>BOOL</c>.</summary>
    Bool,

    /// <summary><c>F4</c>: 4 bits.</summary>
    Float4,

    /// <summary><c>F6_E2M3</c>: 6 bits.</summary>
    Float6E2M3,

    /// <summary><c>F6_E3M2</c>: 6 bits.</summary>
    Float6E3M2,

    /// <summary><c>U8</c>.</summary>
    UInt8,

    /// <summary><c>I8</c>.</summary>
    Int8,

    /// <summary><c>F8_E5M2</c>.</summary>
    Float8E5M2,

    /// <summary><c>F8_E4M3</c>.</summary>
    Float8E4M3,

    /// <summary><c>F8_E5M2FNUZ</c>.</summary>
    Float8E5M2Fnuz,

    /// <summary><c>F8_E4M3FNUZ</c>.</summary>
    Float8E4M3Fnuz,

    /// <summary><c>F8_E8M0</c>: a scale.</summary>
    Float8E8M0,

    /// <summary><c>I16</c>.</summary>
    Int16,

    /// <summary><c>U16</c>.</summary>
    UInt16,

    /// <summary><c>F16</c>: IEEE binary16.</summary>
    Float16,

    /// <summary><c>BF16</c>.</summary>
    BFloat16,

    /// <summary><c>I32</c>.</summary>
    Int32,

    /// <summary><c>U32</c>.</summary>
    UInt32,

    /// <summary><c>F32</c>: IEEE binary32.</summary>
    Float32,

    /// <summary><c>C64</c>: two binary32.</summary>
    Complex64,

    /// <summary><c>F64</c>: IEEE binary64.</summary>
    Float64,

    /// <summary><c>I64</c>.</summary>
    Int64,

    /// <summary><c>U64</c>.</summary>
    UInt64,
}
