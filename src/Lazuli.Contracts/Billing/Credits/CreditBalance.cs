namespace Lazuli.Contracts;

/// <summary>Credit and what is left of it.</summary>
/// <param name="Grant">The credit.</param>
/// <param name="UsedNanos">Nano-units used.</param>
/// <param name="ExpiredNanos">Nano-units that expired.</param>
public sealed record CreditBalance(CreditGrant Grant, long UsedNanos, long ExpiredNanos)
{
    /// <summary>Nano-units left.</summary>
    public long LeftNanos => Grant.Amount.Nanos - UsedNanos - ExpiredNanos;
}
