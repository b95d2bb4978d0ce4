using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Lazuli.Models;

/// <summary>One merge by ids: <paramref name="Left"/> followed by <paramref name="Right"/> becomes <paramref name="Result"/>.</summary>
internal readonly record struct Merge(int Left, int Right, int Result);

/// <summary>All that defines a byte-level BPE tokenizer, checked and immutable.</summary>
internal sealed class BpeVocabulary
{
    private readonly byte[] _bytes;
    private readonly int[] _ends;
    private readonly TokenKind[] _kinds;

    /// <summary>Takes parts that are known to fit each other: every byte has a token, every merge joins normal tokens into a normal one.</summary>
    public BpeVocabulary(SplitRule split, byte[]?[] tokens, Merge[] merges, AddedToken[] added, bool ignoreMerges, bool declaresNfc)
    {
        Split = split;
        Merges = merges;
        Added = added;
        IgnoreMerges = ignoreMerges;
        DeclaresNfc = declaresNfc;
        _ends = new int[tokens.Length];
        _kinds = new TokenKind[tokens.Length];
        _bytes = new byte[tokens.Sum(token => token?.Length ?? 0)];
        int end = 0;
        for (int id = 0; id < tokens.Length; id++)
        {
            tokens[id]?.CopyTo(_bytes, end);
            end += tokens[id]?.Length ?? 0;
            _ends[id] = end;
            _kinds[id] = tokens[id] is null ? TokenKind.Unused : TokenKind.Normal;
        }

        foreach (AddedToken token in added)
        {
            _kinds[token.Id] = token.IsSpecial ? TokenKind.Control : TokenKind.UserDefined;
        }

        for (int id = 0; id < tokens.Length; id++)
        {
            if (_kinds[id] == TokenKind.Normal && tokens[id]!.Length == 1)
            {
                ByteIds[tokens[id]![0]] = id;
            }
        }

        Digest = ComputeDigest();
    }

    public SplitRule Split { get; }

    /// <summary>In order of rank.</summary>
    public Merge[] Merges { get; }

    public AddedToken[] Added { get; }

    /// <summary>A piece that is a token as a whole is that token, whatever the merges say.</summary>
    public bool IgnoreMerges { get; }

    /// <summary>The file asks for NFC before splitting.</summary>
    public bool DeclaresNfc { get; }

    /// <summary>The id of each single byte.</summary>
    public int[] ByteIds { get; } = new int[256];

    public string Digest { get; }

    public int Count => _ends.Length;

    public TokenKind KindOf(int id) => _kinds[id];

    public ReadOnlySpan<byte> BytesOf(int id)
    {
        int start = id == 0 ? 0 : _ends[id - 1];
        return _bytes.AsSpan(start, _ends[id] - start);
    }

    /// <summary>Over every field with its length, so that no two vocabularies write the same bytes.</summary>
    private string ComputeDigest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("lazuli.bpe.v1\0"u8);
        Number(hash, (int)Split);
        Number(hash, IgnoreMerges ? 1 : 0);
        Number(hash, Count);
        for (int id = 0; id < Count; id++)
        {
            Number(hash, (int)_kinds[id]);
            Number(hash, BytesOf(id).Length);
            hash.AppendData(BytesOf(id));
        }

        Number(hash, Merges.Length);
        foreach (Merge merge in Merges)
        {
            Number(hash, merge.Left);
            Number(hash, merge.Right);
        }

        // Written only where there is something to say, so that tokenizers without such tokens keep their digests.
        foreach (AddedToken token in Added.Where(t => t.Trim != TokenTrim.None || t.IsWord))
        {
            Number(hash, token.Id);
            Number(hash, (int)token.Trim);
            Number(hash, token.IsWord ? 1 : 0);
        }

        return "sha256:" + Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Number(IncrementalHash hash, int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        hash.AppendData(bytes);
    }
}
