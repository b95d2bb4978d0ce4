namespace Lazuli.Cli;

/// <summary>Licences as hubs spell them, in SPDX's spelling.</summary>
internal static class HubLicense
{
    private static readonly string[] s_spdx =
    [
        "Apache-2.0", "MIT", "BSD-2-Clause", "BSD-3-Clause", "BSD-3-Clause-Clear", "CC0-1.0", "CC-BY-4.0", "CC-BY-SA-4.0", "CC-BY-NC-4.0", "CC-BY-NC-SA-4.0", "CC-BY-ND-4.0",
        "CC-BY-NC-ND-4.0", "GPL-2.0", "GPL-3.0", "AGPL-3.0", "LGPL-2.1", "LGPL-3.0", "MPL-2.0", "ISC", "Unlicense", "WTFPL", "Zlib", "Artistic-2.0", "AFL-3.0", "ECL-2.0", "EUPL-1.1", "BSL-1.0",
    ];

    /// <summary>The SPDX identifier where there is one, else <c>LicenseRef-</c> and the hub's word; null for none.</summary>
    public static string? ToSpdx(string? license) => license switch
    {
        null or "unknown" => null,
        "gpl-2.0" or "gpl-3.0" or "agpl-3.0" or "lgpl-2.1" or "lgpl-3.0" => license.ToUpperInvariant() + "-only",
        _ => Array.Find(s_spdx, id => string.Equals(id, license, StringComparison.OrdinalIgnoreCase)) ?? "LicenseRef-" + license,
    };
}
