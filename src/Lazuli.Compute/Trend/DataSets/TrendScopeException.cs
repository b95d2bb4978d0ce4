using System.Globalization;

namespace Lazuli.Compute;

/// <summary>Two tables that count different things were to be joined by one line.</summary>
public sealed class TrendScopeException : Exception
{
    internal TrendScopeException(ComputeDataSet one, ComputeDataSet other)
        : base($"'{one.Name}' counts {Describe(one.Scope)} and '{other.Name}' counts {Describe(other.Scope)}: no line can join them.{Example(one, other)} Fit them apart.")
    {
        One = one.Name;
        Other = other.Name;
    }

    /// <summary>Name of the first table.</summary>
    public string One { get; }

    /// <summary>Name of the second table.</summary>
    public string Other { get; }

    internal static string Describe(ComputeScope scope) => scope switch
    {
        ComputeScope.Direct => "direct training compute",
        ComputeScope.IncludingGeneration => "training compute with self-play and synthetic data",
        _ => "compute of an unknown scope",
    };

    // The article's last record shows it best; without it, the system with the widest gap.
    private static string Example(ComputeDataSet one, ComputeDataSet other)
    {
        IReadOnlyList<TableDifference> differences = TableDifference.Between(one, other);
        return (differences.FirstOrDefault(d => d.System == TrendClaims.End) ?? (differences is [var widest, ..] ? widest : null)) is { } shown
            ? string.Create(CultureInfo.InvariantCulture, $" {shown.System} is {shown.One:0.##e+0} FLOP in the one and {shown.Other:0.##e+0} in the other.")
            : string.Empty;
    }
}
