namespace Lazuli.Models;

/// <summary>Names of split rules in GGUF.</summary>
internal static class SplitRuleNames
{
    /// <summary>The value of <c>tokenizer.ggml.pre</c>.</summary>
    public static string GgufName(this SplitRule rule) => rule switch
    {
        SplitRule.Gpt2 => "gpt-2",
        SplitRule.LlamaBpe => "llama-bpe",
        SplitRule.Qwen2 => "qwen2",
        SplitRule.O200k => "gpt-4o",
        _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, "The format has no name for this split rule."),
    };
}
