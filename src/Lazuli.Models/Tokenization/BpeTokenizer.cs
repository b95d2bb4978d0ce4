using System.Text;

namespace Lazuli.Models;

/// <summary>Byte-level byte-pair encoding with one of the published split rules. Thread-safe; threads do not share caches.</summary>
/// <remarks>
/// Any bytes are text: what is not valid UTF-8 counts, byte by byte, as symbols for the split rule. Nothing is normalised, so decoding gives back every byte;
/// where a file declares NFC (<see cref="DeclaresNfc"/>, as Qwen's do), text that is already in NFC gets the ids that other programs give it, and other text is the caller's to normalise. Tokenizers made or trained here declare no normaliser, whatever their rule.
/// Special tokens are never looked for in text; added tokens that are not special are, before the split, as the library <c>tokenizers</c> does.
/// </remarks>
public sealed class BpeTokenizer : ITokenizer
{
    private readonly BpeVocabulary _vocabulary;
    private readonly MergeTable _table;
    private readonly TokenIndex? _whole;
    private readonly AddedTokenFinder? _added;
    private readonly bool _isLookedFor;
    private readonly PieceEncoder?[] _idle = new PieceEncoder?[Environment.ProcessorCount];

    internal BpeTokenizer(BpeVocabulary vocabulary)
    {
        _vocabulary = vocabulary;
        _table = new MergeTable(vocabulary.Merges);
        _whole = vocabulary.IgnoreMerges ? new TokenIndex(vocabulary) : null;
        _added = AddedTokenFinder.Of(vocabulary.Added);
        _isLookedFor = vocabulary.Added.Any(token => !token.IsSpecial);
        SpecialTokens = vocabulary.Added.ToDictionary(token => token.Text, token => token.Id, StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public int VocabularySize => _vocabulary.Count;

    /// <summary>The split rule before merges.</summary>
    public SplitRule Split => _vocabulary.Split;

    /// <inheritdoc/>
    SplitRule? ITokenizer.Split => Split;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, int> SpecialTokens { get; }

    /// <inheritdoc/>
    public string Digest => _vocabulary.Digest;

    /// <summary>Whether the file this came from asks for NFC normalisation of text first; <see cref="Encode"/> leaves that to the caller.</summary>
    public bool DeclaresNfc => _vocabulary.DeclaresNfc;

    /// <summary>Number of merges.</summary>
    public int MergeCount => _vocabulary.Merges.Length;

    internal BpeVocabulary Vocabulary => _vocabulary;

    /// <summary>Makes a tokenizer: special tokens have the ids from 0, then come the 256 bytes in order, then what each merge makes, in order of rank.</summary>
    /// <param name="split">How text is cut before merges.</param>
    /// <param name="merges">Pairs in order of rank; each part is a single byte or made by an earlier merge. A merge that makes bytes that exist already adds no id.</param>
    /// <param name="specialTokens">Texts in order of id; none may be made by a merge.</param>
    /// <exception cref="ArgumentException">A part is no token, a pair or a special token comes twice, or a merge makes a special token.</exception>
    public static BpeTokenizer Create(
        SplitRule split,
        IReadOnlyList<(ReadOnlyMemory<byte> Left, ReadOnlyMemory<byte> Right)> merges,
        IReadOnlyList<string> specialTokens) => new(VocabularyBuilder.FromMerges(split, merges, specialTokens));

    /// <summary>Reads a Hugging Face <c>tokenizer.json</c>.</summary>
    /// <exception cref="TokenizerFormatException">The file is damaged, or is no byte-level BPE with one of the <see cref="SplitRule"/>s.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static BpeTokenizer Load(string tokenizerJsonPath) => Parse(File.ReadAllBytes(tokenizerJsonPath), tokenizerJsonPath);

    /// <summary>Reads the content of a <c>tokenizer.json</c>; <paramref name="place"/> names it in errors.</summary>
    /// <exception cref="TokenizerFormatException">As <see cref="Load"/>.</exception>
    public static BpeTokenizer Parse(ReadOnlySpan<byte> json, string place) => new(TokenizerJsonReader.Read(json.ToArray(), place));

    /// <summary>Writes the tokenizer as Hugging Face's <c>tokenizer.json</c>, to a temporary name first.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        string temporary = path + ".tmp";
        File.WriteAllBytes(temporary, ToTokenizerJson());
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>The tokenizer in the form of Hugging Face's <c>tokenizer.json</c>; equal tokenizers give equal bytes.</summary>
    public byte[] ToTokenizerJson() => TokenizerJsonWriter.Write(_vocabulary);

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<byte> utf8, List<int> ids) => EncodeText(utf8, _isLookedFor ? _added : null, [], ids);

    /// <inheritdoc/>
    public void EncodeMarked(ReadOnlySpan<byte> utf8, IReadOnlyList<(int Start, int End)> written, List<int> ids) => EncodeText(utf8, _added, written, ids);

    private void EncodeText(ReadOnlySpan<byte> utf8, AddedTokenFinder? added, IReadOnlyList<(int Start, int End)> written, List<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        PieceEncoder encoder = Rent();
        int taken = 0, search = 0;
        while (added is not null && added.Next(utf8, written, ref search, taken, out (int Id, int Start, int End) token))
        {
            if (token.Start > taken)
            {
                EncodeRun(encoder, utf8[taken..token.Start], ids);
            }

            ids.Add(token.Id);
            taken = token.End;
        }

        EncodeRun(encoder, utf8[taken..], ids);
        Return(encoder);
    }

    private void EncodeRun(PieceEncoder encoder, ReadOnlySpan<byte> utf8, List<int> ids)
    {
        switch (Split)
        {
            case SplitRule.Gpt2:
                encoder.Encode<Gpt2Splitter>(utf8, ids);
                break;
            case SplitRule.LlamaBpe:
                encoder.Encode<LlamaBpeSplitter>(utf8, ids);
                break;
            case SplitRule.Qwen2:
                encoder.Encode<Qwen2Splitter>(utf8, ids);
                break;
            case SplitRule.SmolLm:
                encoder.Encode<SmolLmSplitter>(utf8, ids);
                break;
            default:
                encoder.Encode<O200kSplitter>(utf8, ids);
                break;
        }
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> TokenBytes(int id)
    {
        if ((uint)id >= (uint)_vocabulary.Count)
        {
            throw new ArgumentOutOfRangeException(nameof(id), id, $"The vocabulary has ids 0 to {_vocabulary.Count - 1}.");
        }

        return _vocabulary.BytesOf(id);
    }

    /// <inheritdoc/>
    public byte[] Decode(ReadOnlySpan<int> ids)
    {
        int length = 0;
        foreach (int id in ids)
        {
            length = checked(length + TokenBytes(id).Length);
        }

        var bytes = new byte[length];
        int end = 0;
        foreach (int id in ids)
        {
            ReadOnlySpan<byte> token = _vocabulary.BytesOf(id);
            token.CopyTo(bytes.AsSpan(end));
            end += token.Length;
        }

        return bytes;
    }

    /// <inheritdoc/>
    public TokenKind KindOf(int id)
    {
        _ = TokenBytes(id);
        return _vocabulary.KindOf(id);
    }

    /// <summary>The token as <c>tokenizer.json</c> and GGUF write it: bytes in GPT-2's printable alphabet; an added token as its own text; a gap in the numbering as <c>[unused ID]</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    public string TokenText(int id)
    {
        ReadOnlySpan<byte> bytes = TokenBytes(id);
        return _vocabulary.KindOf(id) switch
        {
            TokenKind.Normal => ByteLevelAlphabet.Write(bytes),
            TokenKind.Unused => FormattableString.Invariant($"[unused {id}]"),
            _ => Encoding.UTF8.GetString(bytes),
        };
    }

    /// <summary>The merge of a rank as GGUF and older <c>tokenizer.json</c> write it: both parts in GPT-2's printable alphabet with a space between.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="rank"/> is not below <see cref="MergeCount"/>.</exception>
    public string MergeText(int rank)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rank);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(rank, MergeCount);
        Merge merge = _vocabulary.Merges[rank];
        return ByteLevelAlphabet.Write(_vocabulary.BytesOf(merge.Left)) + " " + ByteLevelAlphabet.Write(_vocabulary.BytesOf(merge.Right));
    }

    /// <summary>An idle encoder, by preference the one this thread used last, whose tables are warm in its core's cache.</summary>
    private PieceEncoder Rent()
    {
        int first = Environment.CurrentManagedThreadId % _idle.Length;
        for (int i = 0; i < _idle.Length; i++)
        {
            ref PieceEncoder? slot = ref _idle[(first + i) % _idle.Length];
            if (slot is not null && Interlocked.Exchange(ref slot, null) is { } encoder)
            {
                return encoder;
            }
        }

        return new PieceEncoder(_vocabulary, _table, _whole);
    }

    private void Return(PieceEncoder encoder)
    {
        int first = Environment.CurrentManagedThreadId % _idle.Length;
        for (int i = 0; i < _idle.Length; i++)
        {
            if (Interlocked.CompareExchange(ref _idle[(first + i) % _idle.Length], encoder, null) is null)
            {
                return;
            }
        }
    }
}
