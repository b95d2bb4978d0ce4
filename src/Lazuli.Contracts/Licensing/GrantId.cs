using System.Text.Json.Serialization;

namespace Lazuli.Contracts;

/// <summary>Id of a licence grant, <c>grant_</c> and random letters.</summary>
[JsonConverter(typeof(GrantIdConverter))]
public readonly record struct GrantId(string Value)
{
    public override string ToString() => Value;
}
