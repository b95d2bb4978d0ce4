using System.Globalization;
using System.Reflection;
using System.Text;

namespace Lazuli.Storage;

/// <summary>The steps of one database's schema, first to last; there may be none.</summary>
/// <param name="Name">Also the schema's name in PostgreSQL, after <c>lazuli_</c>.</param>
/// <param name="ApplicationId">SQLite keeps it in the file's header, and other programs' databases hold another number.</param>
/// <param name="Steps">The steps.</param>
internal sealed record MigrationSet(string Name, long ApplicationId, IReadOnlyList<Migration> Steps)
{
    private const string ResourcePrefix = "Lazuli.Storage.Migrations.";

    /// <summary>Parties, keys, models, grants: everything but money. "LAZU".</summary>
    public static MigrationSet Platform { get; } = new("platform", 0x4C415A55, ReadResources("Platform"));

    /// <summary>Money only. "LAZM".</summary>
    public static MigrationSet Money { get; } = new("money", 0x4C415A4D, ReadResources("Money"));

    /// <summary>Refuses a database that is newer than this program, or was made by other steps.</summary>
    /// <exception cref="DatabaseRefusedException">It is one of these.</exception>
    public void CheckApplied(string database, IReadOnlyList<AppliedMigration> applied)
    {
        for (int i = 0; i < applied.Count; i++)
        {
            AppliedMigration found = applied[i];
            if (i >= Steps.Count)
            {
                throw new DatabaseRefusedException(database, DatabaseRefusal.NewerVersion, string.Create(CultureInfo.InvariantCulture,
                    $"its schema has version {applied[^1].Version}, and this program knows {Steps.Count}. Use the newer program that wrote it."));
            }

            Migration wanted = Steps[i];
            if (found.Version != wanted.Version || found.Checksum != wanted.Checksum)
            {
                throw new DatabaseRefusedException(database, DatabaseRefusal.MigrationChanged, string.Create(CultureInfo.InvariantCulture,
                    $"its schema step {found.Version} ({found.Name}) has checksum {found.Checksum[..Math.Min(12, found.Checksum.Length)]}, and this program's step {wanted.Version} ({wanted.Name}) has {wanted.Checksum[..12]}. It was written by another build."));
            }
        }
    }

    private static List<Migration> ReadResources(string folder)
    {
        Assembly assembly = typeof(MigrationSet).Assembly;
        string prefix = $"{ResourcePrefix}{folder}.";
        var found = new List<Migration>();
        foreach (string resource in assembly.GetManifestResourceNames().Where(n => n.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
            string name = resource[prefix.Length..^".sql".Length]; // 0001-registry
            found.Add(new Migration(int.Parse(name.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture), name[5..], reader.ReadToEnd()));
        }

        return found;
    }
}
