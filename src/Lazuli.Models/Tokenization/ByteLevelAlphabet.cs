using System.Text;

namespace Lazuli.Models;

/// <summary>GPT-2's one-to-one map of bytes to printable characters, in which vocabularies are written down.</summary>
/// <remarks>Bytes 0x21–0x7E, 0xA1–0xAC and 0xAE–0xFF stand for themselves in Latin-1; the other 68, in order, are U+0100 to U+0143.</remarks>
internal static class ByteLevelAlphabet
{
    private static readonly char[] Characters = Build();
    private static readonly short[] Bytes = Invert(Characters);

    /// <summary>Bytes written as text, a character a byte.</summary>
    public static string Write(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        foreach (byte value in bytes)
        {
            text.Append(Characters[value]);
        }

        return text.ToString();
    }

    /// <summary>The bytes of a text in this alphabet; false where a character is not in it.</summary>
    public static bool TryRead(string text, out byte[] bytes)
    {
        bytes = new byte[text.Length];
        for (int i = 0; i < bytes.Length; i++)
        {
            int value = text[i] < Bytes.Length ? Bytes[text[i]] : -1;
            if (value < 0)
            {
                return false;
            }

            bytes[i] = (byte)value;
        }

        return true;
    }

    private static char[] Build()
    {
        var characters = new char[256];
        int next = 0x100;
        for (int value = 0; value < 256; value++)
        {
            bool itself = value is (>= 0x21 and <= 0x7E) or (>= 0xA1 and <= 0xAC) or >= 0xAE;
            characters[value] = itself ? (char)value : (char)next++;
        }

        return characters;
    }

    private static short[] Invert(char[] characters)
    {
        var bytes = new short[characters.Max() + 1];
        Array.Fill(bytes, (short)-1);
        for (int value = 0; value < 256; value++)
        {
            bytes[characters[value]] = (short)value;
        }

        return bytes;
    }
}
