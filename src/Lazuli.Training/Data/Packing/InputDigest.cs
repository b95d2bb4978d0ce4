using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Lazuli.Models;

namespace Lazuli.Training;

/// <summary>Digests what a data set is made from: settings, tokenizer and every document in order.</summary>
internal sealed class InputDigest : IDisposable
{
    // Raised when the same inputs come to be packed in another way.
    private const int LayoutVersion = 1;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public InputDigest(string tokenizerDigest, DataSetSettings settings)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("layout", LayoutVersion);
            DataSetManifest.WriteSettings(json, settings);
            json.WriteString("tokenizer", tokenizerDigest);
            json.WriteEndObject();
        }

        Append(buffer.WrittenSpan);
    }

    public void Add(CorpusDocument document)
    {
        Append([(byte)document.Split, (byte)(document.Turns is null ? 0 : 1)]);
        if (document.Turns is null)
        {
            Append(document.Text!);
            return;
        }

        foreach (ChatTurn turn in document.Turns)
        {
            Append(turn.Role);
            Append(turn.Content);
        }
    }

    public string Finish() => DataSetManifest.DigestOf(_hash.GetHashAndReset());

    public void Dispose() => _hash.Dispose();

    private void Append(string text)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        Append(rented.AsSpan(0, Encoding.UTF8.GetBytes(text, rented)));
        ArrayPool<byte>.Shared.Return(rented);
    }

    /// <summary>The length goes first, so that no two sequences of parts run together to the same bytes.</summary>
    private void Append(ReadOnlySpan<byte> part)
    {
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, part.Length);
        _hash.AppendData(length);
        _hash.AppendData(part);
    }
}
