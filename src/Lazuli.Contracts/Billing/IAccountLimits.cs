namespace Lazuli.Contracts;

/// <summary>Limits and prepaid credit of keys, projects, parties and grants. Thread-safe; what is set holds from the next request on.</summary>
public interface IAccountLimits
{
    /// <summary>Sets limits, in place of those before. Spend of the running day and month counts from before, too.</summary>
    /// <exception cref="ArgumentException">A limit is negative, or budgets and credit are in several currencies.</exception>
    Task SetAsync(LimitSubject subject, AccountLimits limits, CancellationToken cancellationToken);

    /// <summary>Adds prepaid credit, or takes some away (negative; at most what is neither spent nor held).</summary>
    /// <param name="subject">Whose; its limits ask for credit in this currency.</param>
    /// <param name="id">Makes asking twice the same as asking once.</param>
    /// <param name="amount">How much.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="ArgumentException">No credit account in this currency, more taken than is free, or the id was used for another amount.</exception>
    Task AddCreditAsync(LimitSubject subject, string id, Money amount, CancellationToken cancellationToken);

    /// <summary>How an account stands; null where no limits were ever set.</summary>
    Task<AccountStanding?> FindAsync(LimitSubject subject, CancellationToken cancellationToken);

    /// <summary>All accounts with limits, by kind and id.</summary>
    Task<IReadOnlyList<AccountStanding>> ListAsync(CancellationToken cancellationToken);
}
