using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Lazuli.Gateway;

/// <summary>What an endpoint and we share, and signatures made with it: HMAC-SHA256 over <c>id.timestamp.body</c>, as Standard Webhooks 1.0.0 has it.</summary>
internal sealed class WebhookSecret
{
    private const string Prefix = "whsec_";
    private const int NewBytes = 32;
    private const int FewestBytes = 24;
    private const int MostBytes = 64;

    private readonly byte[] _key;

    private WebhookSecret(byte[] key) => _key = key;

    /// <summary>A new one.</summary>
    public static WebhookSecret Generate() => new(RandomNumberGenerator.GetBytes(NewBytes));

    /// <summary>Of its bytes.</summary>
    public static WebhookSecret Of(byte[] key) => key.Length is >= FewestBytes and <= MostBytes
        ? new WebhookSecret(key)
        : throw new ArgumentException($"A webhook's secret has {FewestBytes} to {MostBytes} bytes; these are {key.Length}.", nameof(key));

    /// <summary>Reads <c>whsec_</c> and base64.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static WebhookSecret Parse(string text) => text.StartsWith(Prefix, StringComparison.Ordinal)
        ? Of(Convert.FromBase64String(text[Prefix.Length..]))
        : throw new FormatException($"A webhook's secret begins with {Prefix}.");

    /// <summary>The key itself.</summary>
    public ReadOnlySpan<byte> Bytes => _key;

    /// <summary>As its owner gets it, once.</summary>
    public string Reveal() => Prefix + Convert.ToBase64String(_key);

    /// <summary>One entry of the signature header.</summary>
    public string Sign(string id, long unixSeconds, ReadOnlySpan<byte> body)
    {
        byte[] head = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{unixSeconds}."));
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        mac.AppendData(head);
        mac.AppendData(body);
        return "v1," + Convert.ToBase64String(mac.GetHashAndReset());
    }

    /// <summary>Says nothing, so that no log does.</summary>
    public override string ToString() => Prefix + "…";
}
