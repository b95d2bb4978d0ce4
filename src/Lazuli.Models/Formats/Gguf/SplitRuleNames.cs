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
        SplitRule.SmolLm => "smollm",
        _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, "The format has no name for this split rule."),
    };

    /// <summary>The rule of a value of <c>tokenizer.ggml.pre</c>: several names stand for one rule; null for rules that are not implemented.</summary>
    public static SplitRule? FromGgufName(string name) => name switch
    {
        "gpt-2" => SplitRule.Gpt2,
        "llama-bpe" or "llama3" or "llama-v3" or "smaug-bpe" => SplitRule.LlamaBpe,
        "qwen2" or "deepseek-r1-qwen" => SplitRule.Qwen2,
        "gpt-4o" => SplitRule.O200k,
        "smollm" or "starcoder" or "refact" or "command-r" => SplitRule.SmolLm,
        _ => null,
    };
}
