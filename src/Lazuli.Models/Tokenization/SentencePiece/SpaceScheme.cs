namespace Lazuli.Models;

/// <summary>Where a space goes before text, by who wrote the file.</summary>
internal enum SpaceScheme
{
    /// <summary>Nowhere.</summary>
    Never,

    /// <summary>Before every run of text between added tokens: GGUF.</summary>
    EachRun,

    /// <summary>The same, but for runs that begin with a space: Metaspace with the scheme <c>always</c>.</summary>
    EachRunWithout,

    /// <summary>Before the run that begins the text, unless it begins with a space: Metaspace with the scheme <c>first</c>.</summary>
    FirstRunWithout,

    /// <summary>Before every run between added tokens that are looked for in text as it is; those looked for in normalised text have the space themselves: a Prepend normalizer.</summary>
    Normalized,
}
