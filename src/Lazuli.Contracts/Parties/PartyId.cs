using System.Text.Json.Serialization;

namespace Lazuli.Contracts;

/// <summary>Id of a party: a short name of small letters, digits and hyphens, e.g. <c>acme</c>, given when it is added and never given again.</summary>
[JsonConverter(typeof(PartyIdConverter))]
public readonly record struct PartyId(string Value)
{
    /// <summary>Whoever holds no grant of their own: open grants and pledges name it as licensee.</summary>
    public static readonly PartyId Public = new("public");

    /// <summary>The home's own lab: it is there from the first start, and owns projects and models that have no other owner.</summary>
    public static readonly PartyId Lab = new("lab");

    public override string ToString() => Value;
}
