using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Lazuli.Models;

/// <summary>SentencePiece's byte-pair encoding, as Llama 1 and 2 and Mistral use it: pieces with scores, spaces written as U+2581, bytes for what no piece covers. Thread-safe.</summary>
/// <remarks>
/// Neighbouring pieces merge, the pair whose joint piece has the highest score first, the leftmost of equals, until none is left (Kudo and Richardson 2018);
/// from a <c>tokenizer.json</c>, which lists merges instead of scores, in the order of its list.
/// Any bytes are text: what is not valid UTF-8, and a U+2581 that the text itself holds, is spelled in byte tokens, so that decoding gives back every byte.
/// Control tokens are never looked for in text; user-defined ones are, before anything else, as the library <c>tokenizers</c> does.
/// </remarks>
public sealed class SentencePieceTokenizer : ITokenizer
{
    internal const char SpaceMark = '\u2581';

    private readonly byte[][] _bytes;
    private readonly TokenKind[] _kinds;
    private readonly SentencePieceMerger _merger;
    private readonly int[] _byteIds;
    private readonly Merge[]? _merges;
    private readonly AddedTokenFinder? _added;
    private readonly AddedTokenFinder? _addedAtStart;
    private readonly AddedTokenFinder? _addedInside;
    private readonly SpaceScheme _spaces;

    /// <summary>Takes parts that are known to fit each other.</summary>
    /// <param name="pieces">Texts by id, with U+2581 for spaces.</param>
    /// <param name="scores">Scores by id.</param>
    /// <param name="kinds">Kinds by id; only normal ones are made from text.</param>
    /// <param name="byteIds">Ids of the 256 bytes.</param>
    /// <param name="spaces">Where a space goes before text.</param>
    /// <param name="merges">The order of merging where a file lists merges; null for the order of scores.</param>
    /// <param name="added">What a file says of added tokens; null where it says no more than <paramref name="kinds"/>.</param>
    internal SentencePieceTokenizer(
        IReadOnlyList<string> pieces, float[] scores, TokenKind[] kinds, int[] byteIds, SpaceScheme spaces, Merge[]? merges = null, IReadOnlyCollection<AddedToken>? added = null)
    {
        added ??= [.. Enumerable.Range(0, pieces.Count).Where(id => kinds[id] is TokenKind.Control or TokenKind.UserDefined && pieces[id].Length > 0)
            .Select(id => new AddedToken(id, pieces[id], kinds[id] == TokenKind.Control)).DistinctBy(token => token.Text)];
        bool IsNormalized(AddedToken token) => token.IsNormalized && spaces == SpaceScheme.Normalized;
        _added = AddedTokenFinder.Of(added.Where(token => !IsNormalized(token)));
        _addedAtStart = AddedTokenFinder.Of(added.Where(IsNormalized));
        _addedInside = AddedTokenFinder.Of(added.Where(IsNormalized), token => " " + token.Text);
        _spaces = spaces;
        _merges = merges;
        _kinds = kinds;
        _byteIds = byteIds;
        AddsSpacePrefix = spaces != SpaceScheme.Never;
        Pieces = pieces;
        Scores = scores;
        _bytes = new byte[pieces.Count][];
        var normal = new Dictionary<string, int>(StringComparer.Ordinal);
        var special = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int id = 0; id < pieces.Count; id++)
        {
            _bytes[id] = kinds[id] switch
            {
                TokenKind.Normal => Encoding.UTF8.GetBytes(pieces[id].Replace(SpaceMark, ' ')),
                TokenKind.Unused => [],
                _ => Encoding.UTF8.GetBytes(pieces[id]),
            };
            if (kinds[id] is TokenKind.Control or TokenKind.UserDefined)
            {
                special.TryAdd(pieces[id], id);
            }
        }

        for (int value = 0; value < byteIds.Length; value++)
        {
            _bytes[byteIds[value]] = [(byte)value];
        }

        var isByte = byteIds.ToHashSet();
        for (int id = 0; id < pieces.Count; id++)
        {
            if (kinds[id] == TokenKind.Normal && !isByte.Contains(id))
            {
                normal.TryAdd(pieces[id], id);
            }
        }

        _merger = new SentencePieceMerger(normal, scores, merges, byteIds);
        SpecialTokens = special;
        Digest = ComputeDigest(added);
    }

    /// <inheritdoc/>
    public int VocabularySize => _bytes.Length;

    /// <inheritdoc/>
    public SplitRule? Split => null;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, int> SpecialTokens { get; }

    /// <inheritdoc/>
    public string Digest { get; }

    /// <summary>Whether <see cref="Encode"/> puts a space before a text that is not empty, which <see cref="Decode"/> takes away again.</summary>
    public bool AddsSpacePrefix { get; }

    internal IReadOnlyList<string> Pieces { get; }

    internal IReadOnlyList<float> Scores { get; }

    /// <summary>Ids of the 256 bytes.</summary>
    internal IReadOnlyList<int> ByteIds => _byteIds;

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<byte> utf8, List<int> ids) => EncodeMarked(utf8, [], ids);

    /// <inheritdoc/>
    public void EncodeMarked(ReadOnlySpan<byte> utf8, IReadOnlyList<(int Start, int End)> written, List<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        int taken = 0, search = 0;
        while (_added is not null && _added.Next(utf8, written, ref search, taken, out (int Id, int Start, int End) token))
        {
            if (token.Start > taken)
            {
                EncodeSegment(utf8[taken..token.Start], taken == 0, ids);
            }

            ids.Add(token.Id);
            taken = token.End;
        }

        EncodeSegment(utf8[taken..], taken == 0, ids);
    }

    /// <summary>Encodes what stands between tokens that are looked for in text as it is.</summary>
    private void EncodeSegment(ReadOnlySpan<byte> utf8, bool isStart, List<int> ids)
    {
        if (utf8.IsEmpty)
        {
            return;
        }

        bool prefix = _spaces switch
        {
            SpaceScheme.Never => false,
            SpaceScheme.EachRunWithout => !utf8.StartsWith(" "u8),
            SpaceScheme.FirstRunWithout => isStart && !utf8.StartsWith(" "u8),
            _ => true,
        };
        int taken = 0;
        if (prefix && _addedAtStart?.AtStart(utf8) is { } first)
        {
            ids.Add(first.Id);
            taken = Encoding.UTF8.GetByteCount(first.Text);
        }

        int search = taken;
        while (_addedInside is not null && _addedInside.Next(utf8, [], ref search, taken, out (int Id, int Start, int End) token))
        {
            EncodeRun(utf8[taken..token.Start], prefix && taken == 0, ids);
            ids.Add(token.Id);
            taken = token.End;
        }

        EncodeRun(utf8[taken..], prefix && taken == 0, ids);
    }

    private void EncodeRun(ReadOnlySpan<byte> utf8, bool prefix, List<int> ids)
    {
        if (utf8.IsEmpty && !prefix)
        {
            return;
        }

        var run = new StringBuilder(utf8.Length + 1);
        if (prefix)
        {
            run.Append(SpaceMark);
        }

        Span<char> characters = stackalloc char[2];
        while (!utf8.IsEmpty)
        {
            OperationStatus status = Rune.DecodeFromUtf8(utf8, out Rune rune, out int length);
            if (status == OperationStatus.Done && rune.Value != SpaceMark)
            {
                run.Append(rune.Value == ' ' ? [SpaceMark] : characters[..rune.EncodeToUtf16(characters)]);
            }
            else
            {
                Flush(run, ids);
                foreach (byte value in utf8[..length])
                {
                    ids.Add(_byteIds[value]);
                }
            }

            utf8 = utf8[length..];
        }

        Flush(run, ids);
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> TokenBytes(int id)
    {
        if ((uint)id >= (uint)_bytes.Length)
        {
            throw new ArgumentOutOfRangeException(nameof(id), id, string.Create(CultureInfo.InvariantCulture, $"The vocabulary has ids 0 to {_bytes.Length - 1}."));
        }

        return _bytes[id];
    }

    /// <summary>The bytes of all ids, one after another; where <see cref="AddsSpacePrefix"/>, without the space that begins the text.</summary>
    public byte[] Decode(ReadOnlySpan<int> ids)
    {
        var bytes = new ArrayBufferWriter<byte>();
        bool begins = AddsSpacePrefix;
        foreach (int id in ids)
        {
            ReadOnlySpan<byte> token = TokenBytes(id);
            bool isText = _kinds[id] == TokenKind.Normal;
            bytes.Write(begins && isText && token.StartsWith((byte)' ') ? token[1..] : token);
            begins &= !isText;
        }

        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>What <paramref name="id"/> stands for; byte tokens are normal ones.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    public TokenKind KindOf(int id)
    {
        _ = TokenBytes(id);
        return _kinds[id];
    }

    /// <summary>The byte that a piece such as <c>&lt;0x0A&gt;</c> names; null for other pieces.</summary>
    internal static int? ByteOf(string token) =>
        token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>'
            && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value)
            ? value
            : null;

    private void Flush(StringBuilder run, List<int> ids)
    {
        if (run.Length > 0)
        {
            _merger.Append(run.ToString(), ids);
            run.Clear();
        }
    }

    /// <summary>Over every field with its length, so that no two vocabularies write the same bytes.</summary>
    private string ComputeDigest(IReadOnlyCollection<AddedToken> added)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("lazuli.sentencepiece.v1\0"u8);
        Span<byte> number = stackalloc byte[sizeof(int)];
        Number(hash, AddsSpacePrefix ? 1 : 0, number);
        Number(hash, _bytes.Length, number);
        for (int id = 0; id < _bytes.Length; id++)
        {
            Number(hash, (int)_kinds[id], number);
            Number(hash, BitConverter.SingleToInt32Bits(Scores[id]), number);
            Number(hash, _bytes[id].Length, number);
            hash.AppendData(_bytes[id]);
        }

        foreach (int id in _byteIds)
        {
            Number(hash, id, number);
        }

        foreach (Merge merge in _merges ?? [])
        {
            Number(hash, merge.Left, number);
            Number(hash, merge.Right, number);
        }

        // Written only where there is something to say, so that tokenizers without such tokens keep their digests.
        if (_spaces is SpaceScheme.EachRunWithout or SpaceScheme.FirstRunWithout)
        {
            Number(hash, (int)_spaces, number);
        }

        foreach (AddedToken token in added.Where(t => t.Trim != TokenTrim.None || t.IsWord || t.IsNormalized))
        {
            Number(hash, token.Id, number);
            Number(hash, (int)token.Trim, number);
            Number(hash, (token.IsWord ? 1 : 0) + (token.IsNormalized ? 2 : 0), number);
        }

        return "sha256:" + Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Number(IncrementalHash hash, int value, Span<byte> bytes)
    {
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        hash.AppendData(bytes);
    }
}
