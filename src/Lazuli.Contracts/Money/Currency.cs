namespace Lazuli.Contracts;

/// <summary>A currency by its ISO 4217 code, three capital letters, e.g. <c>EUR</c>. Amounts of different currencies are never added.</summary>
public readonly record struct Currency(string Code)
{
    public override string ToString() => Code;
}
