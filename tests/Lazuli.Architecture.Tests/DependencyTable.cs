namespace Lazuli.Architecture.Tests;

/// <summary>Which room may reference which: the table of the design as data. Change it together with docs/design/overview.md.</summary>
internal static class DependencyTable
{
    public static readonly IReadOnlyDictionary<string, string[]> MayReference = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["Numerics"] = [],
        ["Proofs"] = [],
        ["Contracts"] = [],
        ["Models"] = ["Numerics"],
        ["Training"] = ["Models", "Numerics", "Contracts"],
        ["Inference"] = ["Models", "Numerics", "Contracts"],
        ["Storage"] = ["Contracts", "Proofs"],
        ["Registry"] = ["Contracts", "Storage"],
        ["Licensing"] = ["Contracts", "Storage", "Proofs"],
        ["Billing"] = ["Contracts", "Storage", "Proofs"],
        ["Compute"] = ["Contracts"],
        ["Gateway"] = ["Contracts", "Storage"],
        ["Cli"] = ["Numerics", "Models", "Training", "Inference", "Contracts", "Storage", "Proofs", "Registry", "Licensing", "Billing", "Compute", "Gateway"],
    };

    /// <summary>Where unsafe code and P/Invoke may live, as path prefixes below <c>src</c>.</summary>
    public static readonly string[] UnsafeFolders = ["Lazuli.Numerics/", "Lazuli.Models/Formats/"];
}
