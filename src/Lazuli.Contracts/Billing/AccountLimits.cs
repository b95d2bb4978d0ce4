namespace Lazuli.Contracts;

/// <summary>Limits of a key, project, party or grant; null is no limit.</summary>
public sealed record AccountLimits
{
    /// <summary>No limits.</summary>
    public static readonly AccountLimits None = new();

    /// <summary>Most requests in any minute.</summary>
    public long? RequestsPerMinute { get; init; }

    /// <summary>Most tokens in any minute, prompt and generated. A running stream is not ended by it: what it goes over counts against the next request.</summary>
    public long? TokensPerMinute { get; init; }

    /// <summary>Most requests in any 24 hours.</summary>
    public long? RequestsPerDay { get; init; }

    /// <summary>Most tokens in any 24 hours, as <see cref="TokensPerMinute"/>.</summary>
    public long? TokensPerDay { get; init; }

    /// <summary>Most requests at once.</summary>
    public long? Concurrency { get; init; }

    /// <summary>Spend of a day, UTC.</summary>
    public SpendLimit? SpendPerDay { get; init; }

    /// <summary>Spend of a calendar month, UTC.</summary>
    public SpendLimit? SpendPerMonth { get; init; }

    /// <summary>Currency of the prepaid credit without which nothing is admitted; null where credit is not asked for.</summary>
    public Currency? PrepaidIn { get; init; }

    /// <summary>The seller whose credit that is: only it counts, and what another seller prices is refused. Null: every seller's credit counts for every seller's prices.</summary>
    public PartyId? PrepaidWith { get; init; }
}

/// <summary>A budget.</summary>
/// <param name="Amount">The most to be spent.</param>
/// <param name="IsHard">True: refused and, in mid-stream, ended when it is reached. False: only reported.</param>
public sealed record SpendLimit(Money Amount, bool IsHard);
