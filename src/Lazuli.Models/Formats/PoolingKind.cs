namespace Lazuli.Models;

/// <summary>Which of a text's last hidden states make its vector, as model files say it.</summary>
public enum PoolingKind
{
    /// <summary>The mean of all.</summary>
    Mean,

    /// <summary>That of the first token.</summary>
    First,

    /// <summary>That of the last token.</summary>
    Last,
}
