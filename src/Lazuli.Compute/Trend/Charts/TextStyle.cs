namespace Lazuli.Compute;

/// <summary>How text is drawn.</summary>
/// <param name="Size">In pixels.</param>
/// <param name="Colour">As <c>#rrggbb</c>.</param>
/// <param name="IsBold">Semi-bold instead of regular.</param>
/// <param name="Align">0 puts the beginning at x, 0.5 the middle, 1 the end.</param>
/// <param name="HasHalo">Whether a white rim parts it from lines behind.</param>
internal sealed record TextStyle(double Size, string Colour, bool IsBold = false, double Align = 0, bool HasHalo = false);
