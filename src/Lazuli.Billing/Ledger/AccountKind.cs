namespace Lazuli.Billing;

/// <summary>What an account stands for; decides which side makes it grow.</summary>
internal enum AccountKind
{
    /// <summary>Owned, or owed to its party; debits make it grow.</summary>
    Asset,

    /// <summary>Owed by its party; credits make it grow.</summary>
    Liability,

    /// <summary>Earned; credits make it grow.</summary>
    Income,

    /// <summary>Spent; debits make it grow.</summary>
    Expense,

    /// <summary>Put in by owners and investors; credits make it grow.</summary>
    Equity,
}
