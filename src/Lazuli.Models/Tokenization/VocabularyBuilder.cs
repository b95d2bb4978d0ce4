using System.Text;

namespace Lazuli.Models;

/// <summary>Vocabularies of our own layout: special tokens, bytes, merges.</summary>
internal static class VocabularyBuilder
{
    public static BpeVocabulary FromMerges(
        SplitRule split,
        IReadOnlyList<(ReadOnlyMemory<byte> Left, ReadOnlyMemory<byte> Right)> merges,
        IReadOnlyList<string> specialTokens)
    {
        ArgumentNullException.ThrowIfNull(merges);
        ArgumentNullException.ThrowIfNull(specialTokens);
        if (!Enum.IsDefined(split))
        {
            throw new ArgumentOutOfRangeException(nameof(split), split, "Not a split rule.");
        }

        var tokens = new List<byte[]>(specialTokens.Count + 256 + merges.Count);
        var added = new AddedToken[specialTokens.Count];
        var specials = new HashSet<string>(StringComparer.Ordinal);
        for (int id = 0; id < specialTokens.Count; id++)
        {
            string text = specialTokens[id];
            if (string.IsNullOrEmpty(text) || !specials.Add(text))
            {
                throw new ArgumentException($"Special token {id} is empty or comes twice: '{text}'.", nameof(specialTokens));
            }

            added[id] = new AddedToken(id, text, IsSpecial: true);
            tokens.Add(Encoding.UTF8.GetBytes(text));
        }

        // Latin-1 text of the bytes as key: a string a token, equal exactly when the bytes are.
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int value = 0; value < 256; value++)
        {
            ids.Add(((char)value).ToString(), tokens.Count);
            tokens.Add([(byte)value]);
        }

        string? single = specialTokens.FirstOrDefault(text => ByteLevelAlphabet.TryRead(text, out byte[] bytes) && bytes.Length == 1);
        if (single is not null)
        {
            throw new ArgumentException($"Special token '{single}' is written like a single byte.", nameof(specialTokens));
        }

        var pairs = new HashSet<(int, int)>();
        var result = new Merge[merges.Count];
        for (int rank = 0; rank < merges.Count; rank++)
        {
            string left = Encoding.Latin1.GetString(merges[rank].Left.Span);
            string right = Encoding.Latin1.GetString(merges[rank].Right.Span);
            if (!ids.TryGetValue(left, out int leftId) || !ids.TryGetValue(right, out int rightId) || !pairs.Add((leftId, rightId)))
            {
                throw new ArgumentException($"Merge {rank} joins bytes that are no token yet, or comes twice: {Convert.ToHexString(merges[rank].Left.Span)} {Convert.ToHexString(merges[rank].Right.Span)}.", nameof(merges));
            }

            string joined = left + right;
            if (specials.Contains(ByteLevelAlphabet.Write(Encoding.Latin1.GetBytes(joined))))
            {
                throw new ArgumentException($"Merge {rank} makes what is written like the special token '{joined}'.", nameof(merges));
            }

            if (!ids.TryGetValue(joined, out int id))
            {
                id = tokens.Count;
                ids.Add(joined, id);
                tokens.Add(Encoding.Latin1.GetBytes(joined));
            }

            result[rank] = new Merge(leftId, rightId, id);
        }

        return new BpeVocabulary(split, [.. tokens], result, added, ignoreMerges: false, declaresNfc: false);
    }
}
