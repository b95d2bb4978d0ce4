namespace Lazuli.Contracts;

/// <summary>Id of a licence grant, <c>grant_</c> and random letters.</summary>
public readonly record struct GrantId(string Value)
{
    public override string ToString() => Value;
}
