namespace Lazuli.Models;

/// <summary>Text to token ids and back. Thread-safe.</summary>
public interface ITokenizer
{
    /// <summary>Number of ids, special tokens included.</summary>
    int VocabularySize { get; }

    /// <summary>The split rule before merges; null for a tokenizer that does not split.</summary>
    SplitRule? Split { get; }

    /// <summary>Special tokens by text, e.g. <c>&lt;|end|&gt;</c>. They are never produced from text by <see cref="Encode"/>.</summary>
    IReadOnlyDictionary<string, int> SpecialTokens { get; }

    /// <summary>Digest of vocabulary, merges, split rule and special tokens: <c>sha256:…</c>.</summary>
    string Digest { get; }

    /// <summary>Appends the ids of UTF-8 text. Any bytes are accepted, and <c>Decode(Encode(x)) == x</c>. The text of a special token inside is plain text.</summary>
    void Encode(ReadOnlySpan<byte> utf8, List<int> ids);

    /// <summary>The bytes of one id (UTF-8 of the text for a special token).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in the vocabulary.</exception>
    ReadOnlySpan<byte> TokenBytes(int id);

    /// <summary>The bytes of all ids, one after another.</summary>
    byte[] Decode(ReadOnlySpan<int> ids);
}
