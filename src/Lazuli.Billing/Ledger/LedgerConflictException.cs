namespace Lazuli.Billing;

/// <summary>A transfer was appended before under the same key and leg with other content; the transaction is undone.</summary>
internal sealed class LedgerConflictException(string key, int leg, string stored, string given)
    : Exception($"The ledger holds under {key}, leg {leg}, {stored}; {given} came now. One key names one transaction for ever: repeat it unchanged, or use a new key.")
{
    public string Key { get; } = key;

    public int Leg { get; } = leg;
}
