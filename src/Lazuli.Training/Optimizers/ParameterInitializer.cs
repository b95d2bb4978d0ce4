using Lazuli.Models;
using Lazuli.Numerics;

namespace Lazuli.Training;

/// <summary>Values before the first step: matrices N(0, 0.02), projections onto the residual stream N(0, 0.02/√(2L)), gains 1, biases 0 (Radford et al. 2019).</summary>
public static class ParameterInitializer
{
    private const double StandardDeviation = 0.02;

    /// <summary>Fills <paramref name="parameters"/>. Each parameter draws from its own stream, numbered by its place in the table, so values depend on seed and shape only.</summary>
    public static void Fill(IBackend backend, ParameterTable table, DeviceBuffer parameters, ulong seed)
    {
        double projection = StandardDeviation / Math.Sqrt(2.0 * table.Config.Layers); // L blocks add two such outputs each
        var projections = new HashSet<ParameterInfo>(table.Blocks.SelectMany(b => new[] { b.AttentionOut, b.FeedForwardOut }), ReferenceEqualityComparer.Instance);
        for (int i = 0; i < table.All.Count; i++)
        {
            ParameterInfo parameter = table.All[i];
            DeviceBuffer values = parameters.Slice(parameter.Offset, parameter.Length);
            if (parameter.IsMatrix)
            {
                backend.FillNormal(values, (float)(projections.Contains(parameter) ? projection : StandardDeviation), seed, (ulong)i);
            }
            else
            {
                backend.Fill(values, parameter.Role == ParameterRole.NormGain ? 1f : 0f);
            }
        }
    }
}
