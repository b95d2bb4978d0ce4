using System.Buffers.Binary;

namespace Lazuli.Proofs;

/// <summary>One signature line of a note.</summary>
public sealed class NoteSignature
{
    /// <summary>How a signature line begins: an em dash and a space.</summary>
    internal const string LineStart = "\u2014 ";

    private readonly byte[] _bytes;

    internal NoteSignature(string keyName, uint keyId, byte[] bytes) => (KeyName, KeyId, _bytes) = (keyName, keyId, bytes);

    /// <summary>The name of the key.</summary>
    public string KeyName { get; }

    /// <summary>Four bytes that tell keys of one name apart; not a proof of anything.</summary>
    public uint KeyId { get; }

    /// <summary>What the key made; for a cosignature eight bytes of time and 64 of signature.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>The line, without its line feed.</summary>
    public override string ToString()
    {
        byte[] blob = new byte[4 + _bytes.Length];
        BinaryPrimitives.WriteUInt32BigEndian(blob, KeyId);
        _bytes.CopyTo(blob, 4);
        return $"{LineStart}{KeyName} {Convert.ToBase64String(blob)}";
    }

    /// <summary>Reads a signature line without its line feed.</summary>
    /// <exception cref="NoteFormatException">It is none.</exception>
    public static NoteSignature Parse(string line) => Parse("signature line", 0, line);

    internal static NoteSignature Parse(string what, int lineNumber, string line)
    {
        const string form = "'\u2014 <key name> <base64 of at least 5 bytes>'";
        int space = line.StartsWith(LineStart, StringComparison.Ordinal) ? line.IndexOf(' ', LineStart.Length) : -1;
        if (space < 0 || !NoteText.IsKeyName(line[LineStart.Length..space])
            || !CanonicalBase64.TryDecode(line[(space + 1)..], out byte[]? blob) || blob.Length < 5)
        {
            throw new NoteFormatException(what, lineNumber, form, NoteFormatException.Quote(line));
        }

        return new NoteSignature(line[LineStart.Length..space], BinaryPrimitives.ReadUInt32BigEndian(blob), blob[4..]);
    }
}
