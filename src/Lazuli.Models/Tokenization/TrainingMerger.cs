namespace Lazuli.Models;

/// <summary>One training: the words as symbols, and the merges found so far.</summary>
internal sealed class TrainingMerger(BpeTrainingOptions options, IProgress<BpeTrainingProgress>? progress, CancellationToken cancellation)
{
    private readonly PairCounts _pairs = new();
    private readonly List<byte[]> _tokens = [.. Enumerable.Range(0, 256).Select(value => new byte[] { (byte)value })];
    private readonly Dictionary<string, int> _tokenIds = new(StringComparer.Ordinal);
    private readonly List<(ReadOnlyMemory<byte>, ReadOnlyMemory<byte>)> _merges = [];
    private int[] _symbols = [];
    private int[] _starts = [];
    private int[] _lengths = [];
    private long[] _counts = [];
    private long _bytesRead;

    public BpeTokenizer Train<TSplitter>(IEnumerable<ReadOnlyMemory<byte>> documents)
        where TSplitter : struct, ISplitter
    {
        PieceCounts pieces = Count<TSplitter>(documents);
        Spell(pieces);
        int wanted = options.VocabularySize - options.SpecialTokens.Count - 256;
        var specials = options.SpecialTokens.ToHashSet(StringComparer.Ordinal);
        var words = new List<int>();
        _pairs.Settle();
        while (_tokens.Count < 256 + wanted && _pairs.TryTakeMostFrequent(options.MinimumCount, words, out int left, out int right))
        {
            cancellation.ThrowIfCancellationRequested();
            byte[] joined = [.. _tokens[left], .. _tokens[right]];
            string text = ByteLevelAlphabet.Write(joined);
            if (specials.Contains(text))
            {
                continue;
            }

            if (!_tokenIds.TryGetValue(text, out int id))
            {
                id = _tokens.Count;
                _tokenIds.Add(text, id);
                _tokens.Add(joined);
            }

            _merges.Add((_tokens[left], _tokens[right]));
            foreach (int word in words)
            {
                Join(word, left, right, id);
            }

            _pairs.Settle();
            if (_merges.Count % 256 == 0)
            {
                progress?.Report(new BpeTrainingProgress(_bytesRead, _starts.Length, _tokens.Count - 256, wanted));
            }
        }

        progress?.Report(new BpeTrainingProgress(_bytesRead, _starts.Length, _tokens.Count - 256, wanted));
        return BpeTokenizer.Create(options.Split, _merges, options.SpecialTokens);
    }

    private PieceCounts Count<TSplitter>(IEnumerable<ReadOnlyMemory<byte>> documents)
        where TSplitter : struct, ISplitter
    {
        var pieces = new PieceCounts(options.TableBytes);
        long nextReport = 0;
        foreach (ReadOnlyMemory<byte> document in documents)
        {
            cancellation.ThrowIfCancellationRequested();
            ReadOnlySpan<byte> text = document.Span[..(int)Math.Min(document.Length, options.SampleBytes - _bytesRead)];
            pieces.Add<TSplitter>(text);
            _bytesRead += text.Length;
            if (_bytesRead >= nextReport)
            {
                progress?.Report(new BpeTrainingProgress(_bytesRead, pieces.Count, 0, options.VocabularySize - options.SpecialTokens.Count - 256));
                nextReport = _bytesRead + (1 << 20);
            }

            if (_bytesRead >= options.SampleBytes)
            {
                break;
            }
        }

        return pieces;
    }

    /// <summary>Writes each distinct piece as symbols (byte values at first) and counts the pairs.</summary>
    private void Spell(PieceCounts pieces)
    {
        _starts = new int[pieces.Count];
        _lengths = new int[pieces.Count];
        _counts = new long[pieces.Count];
        int total = 0;
        for (int word = 0; word < pieces.Count; word++)
        {
            _starts[word] = total;
            _lengths[word] = pieces.Piece(word).Length;
            _counts[word] = pieces.Occurrences(word);
            total += _lengths[word];
        }

        _symbols = new int[total];
        for (int word = 0; word < pieces.Count; word++)
        {
            ReadOnlySpan<byte> piece = pieces.Piece(word);
            for (int i = 0; i < piece.Length; i++)
            {
                _symbols[_starts[word] + i] = piece[i];
                if (i > 0)
                {
                    _pairs.Increase(piece[i - 1], piece[i], _counts[word], word);
                }
            }
        }
    }

    /// <summary>Joins every <c>left right</c> of a word, from the left, and tells the pair counts what changed.</summary>
    private void Join(int word, int left, int right, int id)
    {
        Span<int> symbols = _symbols.AsSpan(_starts[word], _lengths[word]);
        long count = _counts[word];
        int kept = 0;
        for (int i = 0; i < symbols.Length; i++)
        {
            if (symbols[i] != left || i + 1 >= symbols.Length || symbols[i + 1] != right)
            {
                symbols[kept++] = symbols[i];
                continue;
            }

            _pairs.Decrease(left, right, count);
            if (kept > 0)
            {
                _pairs.Decrease(symbols[kept - 1], left, count);
                _pairs.Increase(symbols[kept - 1], id, count, word);
            }

            if (i + 2 < symbols.Length)
            {
                _pairs.Decrease(right, symbols[i + 2], count);
                _pairs.Increase(id, symbols[i + 2], count, word);
            }

            symbols[kept++] = id;
            i++;
        }

        _lengths[word] = kept;
    }
}
