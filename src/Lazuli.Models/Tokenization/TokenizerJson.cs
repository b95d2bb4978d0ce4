namespace Lazuli.Models;

/// <summary>Reads Hugging Face's <c>tokenizer.json</c> of either kind: byte-level BPE, or SentencePiece's byte-pair encoding with byte fallback.</summary>
public static class TokenizerJson
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="TokenizerFormatException">The file is damaged, or of a kind that is not implemented.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ITokenizer Load(string path) => Parse(File.ReadAllBytes(path), path);

    /// <summary>Reads the content of a file; <paramref name="place"/> names it in errors.</summary>
    /// <exception cref="TokenizerFormatException">As <see cref="Load"/>.</exception>
    public static ITokenizer Parse(ReadOnlySpan<byte> json, string place)
    {
        return TokenizerJsonOutline.AsksByteFallback(json) ? SentencePieceJsonReader.Read(json.ToArray(), place) : BpeTokenizer.Parse(json, place);
    }
}
