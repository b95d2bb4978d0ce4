namespace Lazuli.Numerics;

/// <summary>The weight of a linear layer in its stored format, <c>[Out, In]</c>.</summary>
/// <param name="Format">How a row is stored.</param>
/// <param name="Out">Rows, one an output.</param>
/// <param name="Rows">Bytes: <paramref name="Out"/> rows of <see cref="WeightFormats.RowBytes"/>, without gaps; need not be aligned.</param>
/// <param name="Bias">Floats [<paramref name="Out"/>], or no buffer.</param>
/// <param name="Layout">In what order these bytes lie; <see cref="WeightLayout.Lanes"/> only where <see cref="LaneLayout.Fits"/>.</param>
public readonly record struct QuantizedWeight(WeightFormat Format, int Out, DeviceBuffer Rows, DeviceBuffer Bias, WeightLayout Layout = WeightLayout.Rows);
