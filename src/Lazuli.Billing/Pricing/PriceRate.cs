using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>The price of one meter for the models that a pattern covers.</summary>
/// <param name="Model">A name, or the beginning of one and <c>*</c>.</param>
/// <param name="Meter">What is counted.</param>
/// <param name="Scheme">How a quantity becomes an amount.</param>
/// <param name="PackageSize">Units in a package, begun ones counted; tiers then count packages. 1 for single units.</param>
/// <param name="Tiers">Rising, the last without end; one for <see cref="PriceScheme.PerUnit"/> and <see cref="PriceScheme.Package"/>.</param>
internal sealed record PriceRate(string Model, UsageMeter Meter, PriceScheme Scheme, long PackageSize, IReadOnlyList<PriceTier> Tiers)
{
    /// <summary>Whether the pattern covers a model.</summary>
    public bool Covers(string modelName) => Model.EndsWith('*')
        ? modelName.AsSpan().StartsWith(Model.AsSpan(0, Model.Length - 1), StringComparison.Ordinal)
        : string.Equals(Model, modelName, StringComparison.Ordinal);

    /// <summary>An exact name before any pattern, a long pattern before a short one.</summary>
    public int Narrowness => Model.EndsWith('*') ? Model.Length - 1 : int.MaxValue;

    /// <summary>Nano-units that a unit is charged at before the invoice: the first tier's; of packages, a unit's share, rounded up.</summary>
    public long PlainUnitNanos => (long)decimal.Ceiling((decimal)Tiers[0].UnitNanos / PackageSize);
}
