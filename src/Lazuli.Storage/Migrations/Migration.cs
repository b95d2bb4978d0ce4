using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Lazuli.Storage;

/// <summary>One step of the schema, applied once and never changed afterwards.</summary>
/// <param name="Version">1, 2, 3 …, without gaps.</param>
/// <param name="Name">What it adds, in a word or two.</param>
/// <param name="Sql">Statements, run in one transaction.</param>
internal sealed record Migration(int Version, string Name, string Sql)
{
    private const string ResourcePrefix = "Lazuli.Storage.Migrations.";

    /// <summary>The steps built into this program, first to last.</summary>
    public static IReadOnlyList<Migration> BuiltIn { get; } = ReadResources();

    /// <summary>SHA-256 of the statements with line ends as LF, in hex.</summary>
    public string Checksum => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n"))));

    private static List<Migration> ReadResources()
    {
        Assembly assembly = typeof(Migration).Assembly;
        var found = new List<Migration>();
        foreach (string resource in assembly.GetManifestResourceNames().Where(n => n.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
            string name = resource[ResourcePrefix.Length..^".sql".Length]; // 0001-registry
            found.Add(new Migration(int.Parse(name.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture), name[5..], reader.ReadToEnd()));
        }

        return found;
    }
}
