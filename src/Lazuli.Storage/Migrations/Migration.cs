using System.Security.Cryptography;
using System.Text;

namespace Lazuli.Storage;

/// <summary>One step of a schema, applied once and never changed afterwards.</summary>
/// <param name="Version">1, 2, 3 …, without gaps.</param>
/// <param name="Name">What it adds, in a word or two.</param>
/// <param name="Sql">Statements in SQLite's words, run in one transaction.</param>
internal sealed record Migration(int Version, string Name, string Sql)
{
    /// <summary>SHA-256 of the statements with line ends as LF, in hex.</summary>
    public string Checksum => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n"))));
}
