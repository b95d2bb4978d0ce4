using System.Runtime.InteropServices;
using System.Text;

namespace Lazuli.Models;

/// <summary>Merges the characters of one run of text into pieces. Immutable; each call has its own working memory, linear in the run's length.</summary>
/// <remarks>
/// Two orders: by score, where any two neighbours whose joint text is a piece may merge, the highest score first (GGUF, SentencePiece's own files);
/// or by merges, where only listed pairs may, the lowest rank first (<c>tokenizer.json</c>). The leftmost of equals goes first.
/// </remarks>
internal sealed class SentencePieceMerger
{
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _pieces;
    private readonly float[] _scores;
    private readonly MergeTable? _merges;
    private readonly int[] _byteIds;

    /// <summary>Takes normal pieces by text, scores by id, and merges where they give the order.</summary>
    public SentencePieceMerger(Dictionary<string, int> pieces, float[] scores, Merge[]? merges, int[] byteIds)
    {
        _pieces = pieces.GetAlternateLookup<ReadOnlySpan<char>>();
        _scores = scores;
        _merges = merges is null ? null : new MergeTable(merges);
        _byteIds = byteIds;
    }

    /// <summary>Appends the ids of a run whose spaces are marks already.</summary>
    public void Append(string text, List<int> ids)
    {
        Symbol[] symbols = Characters(text, out int count);
        var queue = new PriorityQueue<Pair, (double Order, int Left)>(count);
        for (int i = 0; i + 1 < count; i++)
        {
            Offer(text, symbols, queue, i, i + 1);
        }

        while (queue.TryDequeue(out Pair pair, out _))
        {
            ref Symbol left = ref symbols[pair.Left];
            ref Symbol right = ref symbols[pair.Right];
            if (left.Length == 0 || right.Length == 0 || left.Length + right.Length != pair.Length)
            {
                continue; // one of the two has merged since
            }

            left.Length = pair.Length;
            left.Id = pair.Id;
            right.Length = 0;
            left.Next = right.Next;
            if (left.Next >= 0)
            {
                symbols[left.Next].Previous = pair.Left;
                Offer(text, symbols, queue, pair.Left, left.Next);
            }

            if (left.Previous >= 0)
            {
                Offer(text, symbols, queue, left.Previous, pair.Left);
            }
        }

        for (int i = 0; i >= 0; i = symbols[i].Next)
        {
            Append(text, symbols[i], ids);
        }
    }

    private void Append(string text, Symbol symbol, List<int> ids)
    {
        if (symbol.Id >= 0)
        {
            ids.Add(symbol.Id);
            return;
        }

        // A character that no piece covers; a mark is a space again.
        ReadOnlySpan<char> character = text.AsSpan(symbol.Start, symbol.Length);
        Span<byte> utf8 = stackalloc byte[4];
        int length = Encoding.UTF8.GetBytes(character is [SentencePieceTokenizer.SpaceMark] ? " " : character, utf8);
        foreach (byte value in utf8[..length])
        {
            ids.Add(_byteIds[value]);
        }
    }

    private Symbol[] Characters(string text, out int count)
    {
        var symbols = new Symbol[text.Length];
        count = 0;
        for (int i = 0; i < text.Length; count++)
        {
            int length = char.IsHighSurrogate(text[i]) ? 2 : 1;
            int id = _pieces.TryGetValue(text.AsSpan(i, length), out int found) ? found : -1;
            symbols[count] = new Symbol { Start = i, Length = length, Id = id, Previous = count - 1, Next = count + 1 };
            i += length;
        }

        symbols[count - 1].Next = -1;
        return symbols;
    }

    private void Offer(string text, Symbol[] symbols, PriorityQueue<Pair, (double Order, int Left)> queue, int left, int right)
    {
        int length = symbols[left].Length + symbols[right].Length;
        if (_merges is null)
        {
            if (_pieces.TryGetValue(text.AsSpan(symbols[left].Start, length), out int piece))
            {
                queue.Enqueue(new Pair(left, right, length, piece), (-(double)_scores[piece], left));
            }

            return;
        }

        if (symbols[left].Id < 0 || symbols[right].Id < 0)
        {
            return;
        }

        int rank = _merges.Rank(symbols[left].Id, symbols[right].Id, out int id);
        if (rank != MergeTable.None)
        {
            queue.Enqueue(new Pair(left, right, length, id), (rank, left));
        }
    }

    private readonly record struct Pair(int Left, int Right, int Length, int Id);

    [StructLayout(LayoutKind.Auto)]
    private struct Symbol
    {
        public int Start;
        public int Length;
        public int Id;
        public int Previous;
        public int Next;
    }
}
