using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>A chain of grants as one text: ids, the owner's first, with a space between; empty for no grant.</summary>
internal static class GrantChainText
{
    /// <summary>The chain as it is stored and hashed.</summary>
    public static string Join(IReadOnlyList<GrantId> chain) => string.Join(' ', chain.Select(grant => grant.Value));

    /// <summary>The grants one by one.</summary>
    public static IReadOnlyList<GrantId> Split(string chain) => chain.Length == 0 ? [] : [.. chain.Split(' ').Select(id => new GrantId(id))];
}
