namespace Lazuli.Models;

/// <summary>What an id stands for, as exports must say it.</summary>
public enum TokenKind
{
    /// <summary>Bytes of text.</summary>
    Normal,

    /// <summary>A special token: steers the model, is no text.</summary>
    Control,

    /// <summary>Added to the vocabulary by hand and not marked special in the file it came from.</summary>
    UserDefined,

    /// <summary>A gap in the numbering of a file; it has no bytes.</summary>
    Unused,
}
