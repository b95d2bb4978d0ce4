namespace Lazuli.Models;

/// <summary>Text to token ids and back. Thread-safe.</summary>
public interface ITokenizer
{
    /// <summary>Number of ids, special tokens included.</summary>
    int VocabularySize { get; }

    /// <summary>The split rule before merges; null for a tokenizer that does not split.</summary>
    SplitRule? Split { get; }

    /// <summary>Added tokens by text, e.g. <c>&lt;|end|&gt;</c>. Those of kind <see cref="TokenKind.Control"/> are never produced from text by <see cref="Encode"/>.</summary>
    IReadOnlyDictionary<string, int> SpecialTokens { get; }

    /// <summary>Digest of vocabulary, merges, split rule and special tokens: <c>sha256:…</c>.</summary>
    string Digest { get; }

    /// <summary>
    /// Appends the ids of UTF-8 text. Any bytes are accepted, and <c>Decode(Encode(x)) == x</c>, but for white space that an added token swallows. The text of a special
    /// token inside is plain text; that of an added token which is not special becomes that token.
    /// </summary>
    void Encode(ReadOnlySpan<byte> utf8, List<int> ids);

    /// <summary>As <see cref="Encode"/>, for a text of which parts were written by whoever may write special tokens: there their texts become them, with the white space around that they swallow.</summary>
    /// <param name="utf8">The whole text.</param>
    /// <param name="written">The parts, in order, apart from each other: first byte, and the byte behind the last. A special token counts when all of it lies in one.</param>
    /// <param name="ids">Takes the ids.</param>
    void EncodeMarked(ReadOnlySpan<byte> utf8, IReadOnlyList<(int Start, int End)> written, List<int> ids);

    /// <summary>What <paramref name="id"/> stands for.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    TokenKind KindOf(int id) => SpecialTokens.Values.Contains(id) ? TokenKind.Control : TokenKind.Normal;

    /// <summary>The bytes of one id (UTF-8 of the text for a special token).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    ReadOnlySpan<byte> TokenBytes(int id);

    /// <summary>The bytes of all ids, one after another.</summary>
    byte[] Decode(ReadOnlySpan<int> ids);
}
