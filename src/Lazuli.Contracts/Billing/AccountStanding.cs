namespace Lazuli.Contracts;

/// <summary>How an account stands against its limits.</summary>
public sealed record AccountStanding
{
    /// <summary>Whose.</summary>
    public required LimitSubject Subject { get; init; }

    /// <summary>The limits in force.</summary>
    public required AccountLimits Limits { get; init; }

    /// <summary>Requests that are running.</summary>
    public required long Running { get; init; }

    /// <summary>Currency of the amounts: that of the budgets or of the credit; null where neither is set.</summary>
    public required Currency? Currency { get; init; }

    /// <summary>Held for running requests, in nano-units.</summary>
    public required long HeldNanos { get; init; }

    /// <summary>Charged today (UTC), in nano-units.</summary>
    public required long SpentTodayNanos { get; init; }

    /// <summary>Charged this month (UTC), in nano-units.</summary>
    public required long SpentThisMonthNanos { get; init; }

    /// <summary>Prepaid credit given so far, in nano-units.</summary>
    public required long CreditNanos { get; init; }

    /// <summary>Of it, charged.</summary>
    public required long CreditSpentNanos { get; init; }
}
