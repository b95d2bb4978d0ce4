using System.Diagnostics.CodeAnalysis;

namespace Lazuli.Proofs;

/// <summary>Standard base64 (RFC 4648 section 4) in its one canonical spelling: padded, no spaces, no stray bits.</summary>
/// <remarks>The framework's decoder allows white space and stray bits, so that many texts would stand for the same bytes.</remarks>
internal static class CanonicalBase64
{
    public static bool TryDecode(string text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (text.Length % 4 != 0)
        {
            return false;
        }

        byte[] decoded = new byte[text.Length / 4 * 3];
        if (!Convert.TryFromBase64String(text, decoded, out int length))
        {
            return false;
        }

        Array.Resize(ref decoded, length);
        if (!string.Equals(Convert.ToBase64String(decoded), text, StringComparison.Ordinal))
        {
            return false;
        }

        bytes = decoded;
        return true;
    }
}
