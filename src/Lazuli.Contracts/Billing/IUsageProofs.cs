namespace Lazuli.Contracts;

/// <summary>Proves to a party, from the log, what it used: all of it and nothing else. Thread-safe.</summary>
public interface IUsageProofs
{
    /// <summary>The proof of a period.</summary>
    /// <exception cref="BillingRefusedException">The period is not sealed under the log yet, or has too many intervals for one proof.</exception>
    Task<UsageProof> ProveAsync(PartyId party, DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken);
}
