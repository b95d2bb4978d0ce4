namespace Lazuli.Models;

/// <summary>Writes a parameter's values, row-major, into <paramref name="destination"/>.</summary>
public delegate void ParameterSource(ParameterInfo parameter, Span<float> destination);

/// <summary>Takes a parameter's values, row-major.</summary>
public delegate void ParameterSink(ParameterInfo parameter, ReadOnlySpan<float> values);
