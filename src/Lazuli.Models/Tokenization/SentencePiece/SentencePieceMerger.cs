using System.Runtime.InteropServices;
using System.Text;

namespace Lazuli.Models;

/// <summary>Merges the characters of one run of text into pieces. Immutable; each call has its own working memory, linear in the run's length.</summary>
internal sealed class SentencePieceMerger(Dictionary<string, int> pieces, float[] scores, int[] byteIds)
{
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _pieces = pieces.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Appends the ids of a run whose spaces are marks already.</summary>
    public void Append(string text, List<int> ids)
    {
        Symbol[] symbols = Characters(text, out int count);
        var queue = new PriorityQueue<(int Left, int Right, int Length), (float Score, int Left)>(count, Order.Instance);
        for (int i = 0; i + 1 < count; i++)
        {
            Offer(text, symbols, queue, i, i + 1);
        }

        while (queue.TryDequeue(out (int Left, int Right, int Length) pair, out _))
        {
            ref Symbol left = ref symbols[pair.Left];
            ref Symbol right = ref symbols[pair.Right];
            if (left.Length == 0 || right.Length == 0 || left.Length + right.Length != pair.Length)
            {
                continue; // one of the two has merged since
            }

            left.Length = pair.Length;
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

        Span<byte> utf8 = stackalloc byte[4];
        for (int i = 0; i >= 0; i = symbols[i].Next)
        {
            ReadOnlySpan<char> piece = text.AsSpan(symbols[i].Start, symbols[i].Length);
            if (_pieces.TryGetValue(piece, out int id))
            {
                ids.Add(id);
                continue;
            }

            // A character that no piece covers; a space is one again.
            int length = Encoding.UTF8.GetBytes(piece is [SentencePieceTokenizer.SpaceMark] ? " " : piece, utf8);
            foreach (byte value in utf8[..length])
            {
                ids.Add(byteIds[value]);
            }
        }
    }

    private static Symbol[] Characters(string text, out int count)
    {
        var symbols = new Symbol[text.Length];
        count = 0;
        for (int i = 0; i < text.Length; count++)
        {
            int length = char.IsHighSurrogate(text[i]) ? 2 : 1;
            symbols[count] = new Symbol { Start = i, Length = length, Previous = count - 1, Next = count + 1 };
            i += length;
        }

        symbols[count - 1].Next = -1;
        return symbols;
    }

    private void Offer(string text, Symbol[] symbols, PriorityQueue<(int Left, int Right, int Length), (float Score, int Left)> queue, int left, int right)
    {
        int length = symbols[left].Length + symbols[right].Length;
        if (_pieces.TryGetValue(text.AsSpan(symbols[left].Start, length), out int id))
        {
            queue.Enqueue((left, right, length), (scores[id], left));
        }
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Symbol
    {
        public int Start;
        public int Length;
        public int Previous;
        public int Next;
    }

    /// <summary>Highest score first, then the leftmost.</summary>
    private sealed class Order : IComparer<(float Score, int Left)>
    {
        public static readonly Order Instance = new();

        public int Compare((float Score, int Left) x, (float Score, int Left) y)
        {
            int byScore = y.Score.CompareTo(x.Score);
            return byScore != 0 ? byScore : x.Left.CompareTo(y.Left);
        }
    }
}
