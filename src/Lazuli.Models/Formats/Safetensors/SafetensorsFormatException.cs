namespace Lazuli.Models;

/// <summary>A safetensors file breaks its format.</summary>
public sealed class SafetensorsFormatException : ModelFormatException
{
    /// <inheritdoc cref="ModelFormatException(string, string, string, string, Exception?)"/>
    public SafetensorsFormatException(string path, string place, string expected, string found, Exception? innerException = null)
        : base(path, place, expected, found, innerException)
    {
    }
}
