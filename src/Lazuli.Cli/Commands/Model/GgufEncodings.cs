using Lazuli.Models;

namespace Lazuli.Cli;

/// <summary>Names of ways to store weights, as commands take them.</summary>
internal static class GgufEncodings
{
    /// <summary>In order of size.</summary>
    public static string[] Names { get; } = ["q4_0", "q4_k_m", "q5_k_m", "q6_k", "q8_0", "bf16", "f16", "f32"];

    /// <summary>The way of a name of <see cref="Names"/>.</summary>
    public static GgufEncoding Parse(string name) => name switch
    {
        "q4_0" => GgufEncoding.Q4_0,
        "q4_k_m" => GgufEncoding.Q4_K_M,
        "q5_k_m" => GgufEncoding.Q5_K_M,
        "q6_k" => GgufEncoding.Q6_K,
        "q8_0" => GgufEncoding.Q8_0,
        "f16" => GgufEncoding.F16,
        "bf16" => GgufEncoding.BF16,
        "f32" => GgufEncoding.F32,
        _ => throw new ArgumentException($"There is no encoding '{name}'; known are {string.Join(", ", Names)}.", nameof(name)),
    };
}
