using System.Globalization;
using Lazuli.Numerics;

namespace Lazuli.Models;

/// <summary>The format's numbers of element types.</summary>
internal static class GgufTensorTypes
{
    /// <summary>The number of a format of ours.</summary>
    public static uint GgufNumber(this WeightFormat format) => format switch
    {
        WeightFormat.F32 => 0,
        WeightFormat.F16 => 1,
        WeightFormat.Q4_0 => 2,
        WeightFormat.Q4_1 => 3,
        WeightFormat.Q5_0 => 6,
        WeightFormat.Q5_1 => 7,
        WeightFormat.Q8_0 => 8,
        WeightFormat.Q4_K => 12,
        WeightFormat.Q5_K => 13,
        WeightFormat.Q6_K => 14,
        WeightFormat.BF16 => 30,
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "GGUF has no such type."),
    };

    /// <summary>Our format of a number; null where there is none.</summary>
    public static WeightFormat? FromNumber(uint number) => number switch
    {
        0 => WeightFormat.F32,
        1 => WeightFormat.F16,
        2 => WeightFormat.Q4_0,
        3 => WeightFormat.Q4_1,
        6 => WeightFormat.Q5_0,
        7 => WeightFormat.Q5_1,
        8 => WeightFormat.Q8_0,
        12 => WeightFormat.Q4_K,
        13 => WeightFormat.Q5_K,
        14 => WeightFormat.Q6_K,
        30 => WeightFormat.BF16,
        _ => null,
    };

    /// <summary>A number's name for people: the format knows more types than we read.</summary>
    public static string NameOf(uint number) => number switch
    {
        9 => "Q8_1",
        10 => "Q2_K",
        11 => "Q3_K",
        15 => "Q8_K",
        (>= 16 and <= 23) or 29 => "one of the IQ types",
        24 => "I8",
        25 => "I16",
        26 => "I32",
        27 => "I64",
        28 => "F64",
        34 or 35 => "one of the ternary types",
        39 => "MXFP4",
        _ => string.Create(CultureInfo.InvariantCulture, $"type {number}"),
    };
}
