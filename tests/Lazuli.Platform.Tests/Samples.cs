using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Lazuli.Contracts;

namespace Lazuli.Platform.Tests;

/// <summary>Records to register.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset Time = new(2026, 11, 23, 6, 0, 0, TimeSpan.Zero);

    public static ContentDigest Digest(string of) => new("sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(of))));

    public static ContentDigest DigestFrom(string prefix) => new("sha256:" + prefix.PadRight(64, '0'));

    public static DataSetVersion DataSet(int number) => new()
    {
        Name = "set-" + number.ToString(CultureInfo.InvariantCulture),
        Digest = Digest("set-" + number.ToString(CultureInfo.InvariantCulture)),
        Folder = "/data/" + number.ToString(CultureInfo.InvariantCulture),
        CreatedAt = Time.AddSeconds(number),
        Source = "XML reference documentation " + new string('x', 500),
        License = "MIT",
        TrainingTokens = number,
        ValidationTokens = 1,
    };

    public static RunRecord Run(string id) => new()
    {
        Id = id,
        Recipe = "tiny",
        Status = "running",
        Folder = "/runs/" + id,
        StartedAt = Time,
        UpdatedAt = Time,
    };

    public static ModelVersion Model(string name, ContentDigest digest) => new()
    {
        Name = name,
        Digest = digest,
        Folder = "/models/" + name,
        CreatedAt = Time,
        Source = "import",
        License = "Apache-2.0",
        ParameterCount = 1000,
        Facts = JsonDocument.Parse("""{"loss":2.5}""").RootElement,
    };
}
