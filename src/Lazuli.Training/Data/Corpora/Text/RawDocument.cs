using System.Security.Cryptography;
using System.Text;
using Lazuli.Models;

namespace Lazuli.Training;

/// <summary>A document before the split; documents of one <paramref name="Group"/> go to one side.</summary>
internal sealed record RawDocument(string Id, string Group, IReadOnlyList<ChatTurn>? Turns, string? Text)
{
    /// <summary>128 bits that name the content: enough to know documents apart without keeping them.</summary>
    public UInt128 Fingerprint()
    {
        string content = Text ?? string.Join('\u0001', Turns!.Select(t => $"{t.Role}\u0002{t.Content}"));
        Span<byte> digest = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes(content), digest);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(digest);
    }

    public CorpusDocument On(DataSplit split) => Turns is null ? CorpusDocument.PlainText(Id, split, Text!) : CorpusDocument.Dialogue(Id, split, Turns);
}
