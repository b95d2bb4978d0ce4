namespace Lazuli.Models;

/// <summary>How text is cut into pieces before byte-pair merges; each value is exactly one published rule, so an export can name it truthfully.</summary>
public enum SplitRule
{
    /// <summary>GPT-2; <c>gpt-2</c> in GGUF.</summary>
    Gpt2,

    /// <summary>Llama 3; <c>llama-bpe</c> in GGUF.</summary>
    LlamaBpe,

    /// <summary>Qwen 2; <c>qwen2</c> in GGUF.</summary>
    Qwen2,

    /// <summary>o200k, aware of camel case; <c>gpt-4o</c> in GGUF.</summary>
    O200k,

    /// <summary>SmolLM: every digit alone, else as GPT-2; <c>smollm</c> in GGUF.</summary>
    SmolLm,
}
