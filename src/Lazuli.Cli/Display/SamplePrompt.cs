using Lazuli.Contracts;

namespace Lazuli.Cli;

/// <summary>Something a run is asked now and then, how it is shown, and the true answer where there is one.</summary>
internal sealed record SamplePrompt(GenerationPrompt Prompt, string Shown, string? Reference)
{
    /// <summary>A question in a dialogue, or text to continue where the tokenizer has no chat marks.</summary>
    public static SamplePrompt Of(string text, bool chat) => new(
        chat ? new GenerationPrompt.Chat([new ChatMessage("user", text)]) : new GenerationPrompt.Text(text), text, null);
}
