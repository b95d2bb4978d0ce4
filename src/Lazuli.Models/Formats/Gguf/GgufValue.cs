namespace Lazuli.Models;

/// <summary>Where a keyed value lies in the file.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Element">Type of the elements of an array.</param>
/// <param name="Offset">First byte of the value: of a string its text, of an array its first element.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Count">Elements of an array; else 1.</param>
internal readonly record struct GgufValue(GgufValueType Type, GgufValueType Element, long Offset, int Length, int Count);
