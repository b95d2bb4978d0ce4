namespace Lazuli.Models;

/// <summary>A GGUF file breaks its format, or holds a model of a kind that is not implemented.</summary>
public sealed class GgufFormatException : ModelFormatException
{
    /// <inheritdoc cref="ModelFormatException(string, string, string, string, Exception?)"/>
    public GgufFormatException(string path, string place, string expected, string found, Exception? innerException = null)
        : base(path, place, expected, found, innerException)
    {
    }
}
