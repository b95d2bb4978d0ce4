namespace Lazuli.Models;

/// <summary>Bounds of a template and of one rendering. Reaching one is a <see cref="JinjaException"/> of kind <see cref="JinjaErrorKind.Limit"/>.</summary>
public sealed record JinjaLimits
{
    /// <summary>The bounds used where none are given.</summary>
    public static JinjaLimits Default { get; } = new();

    /// <summary>Characters of a template.</summary>
    /// <value>Default 262,144; the longest published ones have about 30,000.</value>
    public int TemplateLength { get; init; } = 256 * 1024;

    /// <summary>Characters of the rendered text.</summary>
    /// <value>Default 16,777,216.</value>
    public int OutputLength { get; init; } = 16 << 20;

    /// <summary>Nodes evaluated, plus an eighth to a half of a step for each character read or made on the way: bounds time and memory.</summary>
    /// <value>Default 10,000,000: a few seconds of one core at worst; a dialogue of a million characters takes about a fifth of it.</value>
    public long Steps { get; init; } = 10_000_000;

    /// <summary>Passes through all loops together, and elements of a <c>range</c>.</summary>
    /// <value>Default 1,000,000.</value>
    public int LoopIterations { get; init; } = 1_000_000;

    /// <summary>How deep expressions, statements and calls of macros may nest while they run, and values inside values.</summary>
    /// <value>Default 256; at most 256, for the sake of the stack.</value>
    public int Depth
    {
        get;
        init => field = value is > 0 and <= 256 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Depth is from 1 to 256.");
    }
    = 256;
}
