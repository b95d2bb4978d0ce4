namespace Lazuli.Compute;

/// <summary>How a line is drawn.</summary>
/// <param name="Colour">As <c>#rrggbb</c>.</param>
/// <param name="Width">In pixels.</param>
/// <param name="Dash">Lengths of dash and gap in pixels; null for an unbroken line.</param>
internal sealed record Stroke(string Colour, double Width, IReadOnlyList<float>? Dash = null);
