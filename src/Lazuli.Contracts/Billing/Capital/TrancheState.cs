namespace Lazuli.Contracts;

/// <summary>A tranche and where it stands.</summary>
/// <param name="Tranche">The tranche.</param>
/// <param name="MetBy">What shows that its condition is met; null while nothing does.</param>
/// <param name="DrawnNanos">Nano-units drawn.</param>
public sealed record TrancheState(CapitalTranche Tranche, string? MetBy, long DrawnNanos)
{
    /// <summary>Nano-units that are not drawn.</summary>
    public long LeftNanos => Tranche.Nanos - DrawnNanos;
}
