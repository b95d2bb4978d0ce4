using System.Buffers;
using System.Text;

namespace Lazuli.Models;

/// <summary>Finds added tokens in text as the library <c>tokenizers</c> does: the leftmost, of several there the longest. Immutable.</summary>
internal sealed class AddedTokenFinder
{
    private readonly SearchValues<byte> _firsts;
    private readonly (byte[] Text, AddedToken Token)[]?[] _byFirst = new (byte[], AddedToken)[]?[256];

    private AddedTokenFinder(IEnumerable<(byte[] Text, AddedToken Token)> tokens)
    {
        foreach (IGrouping<byte, (byte[] Text, AddedToken Token)> group in tokens.GroupBy(t => t.Text[0]))
        {
            _byFirst[group.Key] = [.. group.OrderByDescending(t => t.Text.Length)];
        }

        _firsts = SearchValues.Create([.. Enumerable.Range(0, 256).Where(b => _byFirst[b] is not null).Select(b => (byte)b)]);
    }

    /// <summary>A finder of tokens, each under the text it is looked for by; null for none.</summary>
    public static AddedTokenFinder? Of(IEnumerable<AddedToken> tokens, Func<AddedToken, string>? textOf = null)
    {
        (byte[], AddedToken)[] all = [.. tokens.Select(t => (Encoding.UTF8.GetBytes(textOf?.Invoke(t) ?? t.Text), t))];
        return all.Length == 0 ? null : new AddedTokenFinder(all);
    }

    /// <summary>Finds the next token.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="written">Parts of the text where special tokens count, in order.</param>
    /// <param name="search">Where to look from; then the end of the found text.</param>
    /// <param name="taken">End of what an earlier token has taken.</param>
    /// <param name="found">The token and the bytes it takes, white space that it swallows included.</param>
    public bool Next(ReadOnlySpan<byte> text, IReadOnlyList<(int Start, int End)> written, ref int search, int taken, out (int Id, int Start, int End) found)
    {
        while (search < text.Length)
        {
            int first = text[search..].IndexOfAny(_firsts);
            if (first < 0)
            {
                break;
            }

            int start = search + first;
            (byte[] Text, AddedToken Token)? match = Longest(text, start, written);
            search = start + (match?.Text.Length ?? 1);
            if (match is { Token: var token } && !(token.IsWord && (EndsWithWord(text[..start]) || BeginsWithWord(text[search..]))))
            {
                int from = token.Trim.HasFlag(TokenTrim.Before) ? Math.Max(taken, start - SpaceAtEnd(text[..start])) : start;
                int to = token.Trim.HasFlag(TokenTrim.Behind) ? search + SpaceAtStart(text[search..]) : search;
                found = (token.Id, from, to);
                return true;
            }
        }

        found = default;
        return false;
    }

    /// <summary>The longest token that the text begins with; null for none.</summary>
    public AddedToken? AtStart(ReadOnlySpan<byte> text) => text.IsEmpty ? null : Longest(text, 0, [])?.Token;

    private (byte[] Text, AddedToken Token)? Longest(ReadOnlySpan<byte> text, int start, IReadOnlyList<(int Start, int End)> written)
    {
        foreach ((byte[] Text, AddedToken Token) candidate in _byFirst[text[start]] ?? [])
        {
            if (text[start..].StartsWith(candidate.Text) && (!candidate.Token.IsSpecial || Lies(start, start + candidate.Text.Length, written)))
            {
                return candidate;
            }
        }

        return null;
    }

    private static bool Lies(int start, int end, IReadOnlyList<(int Start, int End)> written)
    {
        int low = 0, high = written.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            (low, high) = written[middle].Start <= start ? (middle, high) : (low, middle - 1);
        }

        return written.Count > 0 && written[low].Start <= start && end <= written[low].End;
    }

    private static int SpaceAtEnd(ReadOnlySpan<byte> text)
    {
        int length = 0;
        while (Rune.DecodeLastFromUtf8(text[..^length], out Rune rune, out int bytes) == OperationStatus.Done && Rune.IsWhiteSpace(rune))
        {
            length += bytes;
        }

        return length;
    }

    private static int SpaceAtStart(ReadOnlySpan<byte> text)
    {
        int length = 0;
        while (Rune.DecodeFromUtf8(text[length..], out Rune rune, out int bytes) == OperationStatus.Done && Rune.IsWhiteSpace(rune))
        {
            length += bytes;
        }

        return length;
    }

    private static bool EndsWithWord(ReadOnlySpan<byte> text) => Rune.DecodeLastFromUtf8(text, out Rune rune, out _) == OperationStatus.Done && IsWord(rune);

    private static bool BeginsWithWord(ReadOnlySpan<byte> text) => Rune.DecodeFromUtf8(text, out Rune rune, out _) == OperationStatus.Done && IsWord(rune);

    private static bool IsWord(Rune rune) => Rune.IsLetterOrDigit(rune) || rune.Value == '_';
}
