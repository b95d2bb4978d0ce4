using System.Diagnostics;

namespace Lazuli.Models;

/// <summary>The published regular expression of each <see cref="SplitRule"/>, letter for letter as the models' own files write it.</summary>
internal static class SplitPatterns
{
    public const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    public const string LlamaBpe = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    public const string Qwen2 = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    public const string O200k =
        @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?" +
        @"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?" +
        @"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>
    /// Their file has no expression of its own: it first cuts out every digit, then applies <see cref="Gpt2"/> to what lies between. This is the same in one expression:
    /// a digit is a piece, and a run of spaces before a digit ends its stretch, so it is a piece whole.
    /// </summary>
    public const string SmolLm = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+|\s+(?=\p{N})|\s+(?!\S)|\s+";

    public static string Of(SplitRule rule) => rule switch
    {
        SplitRule.Gpt2 => Gpt2,
        SplitRule.LlamaBpe => LlamaBpe,
        SplitRule.Qwen2 => Qwen2,
        SplitRule.O200k => O200k,
        SplitRule.SmolLm => SmolLm,
        _ => throw new UnreachableException(),
    };

    /// <summary>The rule that a file's expression is, or null.</summary>
    public static SplitRule? Recognise(string pattern)
    {
        foreach (SplitRule rule in (SplitRule[])[SplitRule.Gpt2, SplitRule.LlamaBpe, SplitRule.Qwen2, SplitRule.O200k])
        {
            if (string.Equals(Of(rule), pattern, StringComparison.Ordinal))
            {
                return rule;
            }
        }

        return null;
    }
}
