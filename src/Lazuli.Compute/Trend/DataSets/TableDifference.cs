namespace Lazuli.Compute;

/// <summary>A system that two tables give different compute.</summary>
/// <param name="System">Its name.</param>
/// <param name="One">FLOP in the first table.</param>
/// <param name="Other">FLOP in the second table.</param>
public sealed record TableDifference(string System, double One, double Other)
{
    private const double Notable = 2; // both kinds of estimate aim at a factor of 2 to 3: less is agreement

    /// <summary>How many times the larger value is the smaller one.</summary>
    public double Factor => Math.Max(One, Other) / Math.Min(One, Other);

    /// <summary>Whether two estimates of one system are less than a factor of two apart.</summary>
    public static bool IsAgreement(double one, double other) => Math.Max(one, other) < Notable * Math.Min(one, other);

    /// <summary>The systems of equal name that differ by a factor of two or more, the widest gap first.</summary>
    public static IReadOnlyList<TableDifference> Between(ComputeDataSet one, ComputeDataSet other)
    {
        ILookup<string, ComputeEstimate> others = other.Estimates.ToLookup(e => e.System, StringComparer.OrdinalIgnoreCase);
        return
        [
            .. one.Estimates
                .Where(e => others[e.System].Any())
                .Select(e => new TableDifference(e.System, e.Flop, others[e.System].First().Flop))
                .Where(d => !IsAgreement(d.One, d.Other))
                .OrderByDescending(d => d.Factor),
        ];
    }
}
