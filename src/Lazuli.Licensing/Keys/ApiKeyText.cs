using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Lazuli.Licensing;

/// <summary>The text of a key or token: its kind (<c>lzk_</c> for an API key), 10 characters of id, 30 of secret (178 random bits), 6 of checksum, all base 62.</summary>
/// <remarks>
/// The id is no secret: it finds the stored hash. The checksum proves nothing either; it lets a mistyped or cut-off key be refused
/// without asking the database, and lets secret scanners tell a real key from text that looks like one.
/// </remarks>
internal readonly record struct ApiKeyText
{
    /// <summary>Of API keys.</summary>
    public const string Prefix = "lzk_";

    /// <summary>Of personal tokens.</summary>
    public const string TokenPrefix = "lzp_";

    /// <summary>Of sessions.</summary>
    public const string SessionPrefix = "lzs_";

    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int IdLength = 10;
    private const int SecretLength = 30;
    private const int CheckLength = 6;
    private const int Length = 4 + IdLength + SecretLength + CheckLength;
    private static readonly SearchValues<char> s_alphabet = SearchValues.Create(Alphabet);

    private ApiKeyText(string text) => Text = text;

    /// <summary>The whole key.</summary>
    public string Text { get; }

    /// <summary>The public id, as records and logs show it.</summary>
    public string Id => string.Concat(IdPrefix(Text), Text.AsSpan(Prefix.Length, IdLength));

    /// <summary>Enough of the key to tell it from others: <c>lzk_ab****wxyz</c>.</summary>
    public string Redacted => $"{Text[..(Prefix.Length + 2)]}****{Text[^4..]}";

    /// <summary>Makes a key from the system's random source.</summary>
    public static ApiKeyText Create(string prefix = Prefix)
    {
        string body = prefix + RandomNumberGenerator.GetString(Alphabet, IdLength + SecretLength);
        return new ApiKeyText(body + Checksum(body));
    }

    /// <summary>Whether the text has a key's form and its checksum holds.</summary>
    public static bool TryParse(string? text, out ApiKeyText key, string prefix = Prefix)
    {
        if (text is { Length: Length } && text.StartsWith(prefix, StringComparison.Ordinal) &&
            !text.AsSpan(Prefix.Length).ContainsAnyExcept(s_alphabet) &&
            text.EndsWith(Checksum(text[..^CheckLength]), StringComparison.Ordinal))
        {
            key = new ApiKeyText(text);
            return true;
        }

        key = default;
        return false;
    }

    /// <summary>What is stored. A plain hash is enough: the secret is random, so there is nothing to guess from a word list.</summary>
    public byte[] Hash() => SHA256.HashData(Encoding.ASCII.GetBytes(Text));

    /// <summary>Never the key itself: a log line or a debugger must not show it.</summary>
    public override string ToString() => Text is null ? "" : Redacted;

    private static string IdPrefix(string text) => text[..Prefix.Length] switch
    {
        TokenPrefix => "token_",
        SessionPrefix => "session_",
        _ => "key_",
    };

    /// <summary>The first 32 bits of the SHA-256 of the rest, in base 62.</summary>
    private static string Checksum(string body)
    {
        byte[] hash = SHA256.HashData(Encoding.ASCII.GetBytes(body));
        uint value = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(hash);
        return string.Create(CheckLength, value, static (span, left) =>
        {
            for (int i = span.Length - 1; i >= 0; i--)
            {
                span[i] = Alphabet[(int)(left % 62)];
                left /= 62;
            }
        });
    }
}
