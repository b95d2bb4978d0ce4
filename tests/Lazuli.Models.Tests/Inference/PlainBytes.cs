namespace Lazuli.Models.Tests;

/// <summary>Tokenizers without merges: one id a byte after the special tokens, so every text cuts everywhere.</summary>
internal static class PlainBytes
{
    /// <summary>Id of the byte 0 in <see cref="WithChat"/>.</summary>
    public static int FirstId => ChatTemplate.SpecialTokens.Count;

    public static BpeTokenizer WithChat { get; } = BpeTokenizer.Create(SplitRule.Gpt2, merges: [], ChatTemplate.SpecialTokens);

    public static BpeTokenizer WithoutChat { get; } = BpeTokenizer.Create(SplitRule.Gpt2, merges: [], [ChatTemplate.EndOfText]);
}
