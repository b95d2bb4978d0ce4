namespace Lazuli.Models;

/// <summary>Names and widths of safetensors element types.</summary>
internal static class SafetensorsTypes
{
    private static readonly Dictionary<string, SafetensorsType> s_byName = new(StringComparer.Ordinal)
    {
        ["BOOL"] = SafetensorsType.Bool,
        ["F4"] = SafetensorsType.Float4,
        ["F6_E2M3"] = SafetensorsType.Float6E2M3,
        ["F6_E3M2"] = SafetensorsType.Float6E3M2,
        ["U8"] = SafetensorsType.UInt8,
        ["I8"] = SafetensorsType.Int8,
        ["F8_E5M2"] = SafetensorsType.Float8E5M2,
        ["F8_E4M3"] = SafetensorsType.Float8E4M3,
        ["F8_E5M2FNUZ"] = SafetensorsType.Float8E5M2Fnuz,
        ["F8_E4M3FNUZ"] = SafetensorsType.Float8E4M3Fnuz,
        ["F8_E8M0"] = SafetensorsType.Float8E8M0,
        ["I16"] = SafetensorsType.Int16,
        ["U16"] = SafetensorsType.UInt16,
        ["F16"] = SafetensorsType.Float16,
        ["BF16"] = SafetensorsType.BFloat16,
        ["I32"] = SafetensorsType.Int32,
        ["U32"] = SafetensorsType.UInt32,
        ["F32"] = SafetensorsType.Float32,
        ["C64"] = SafetensorsType.Complex64,
        ["F64"] = SafetensorsType.Float64,
        ["I64"] = SafetensorsType.Int64,
        ["U64"] = SafetensorsType.UInt64,
    };

    private static readonly Dictionary<SafetensorsType, string> s_names = s_byName.ToDictionary(p => p.Value, p => p.Key);

    /// <summary>All names, for messages.</summary>
    public static string AllNames { get; } = string.Join(", ", s_byName.Keys);

    public static bool TryParse(string name, out SafetensorsType type) => s_byName.TryGetValue(name, out type);

    /// <summary>The name in a file.</summary>
    public static string FormatName(this SafetensorsType type) => s_names[type];

    /// <summary>Width of one element in bits.</summary>
    public static int BitWidth(this SafetensorsType type) => type switch
    {
        SafetensorsType.Float4 => 4,
        SafetensorsType.Float6E2M3 or SafetensorsType.Float6E3M2 => 6,
        < SafetensorsType.Int16 => 8,
        < SafetensorsType.Int32 => 16,
        < SafetensorsType.Complex64 => 32,
        _ => 64,
    };
}
