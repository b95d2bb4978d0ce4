using System.Text.Json;
using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>A checked request for text completions: each prompt gives <see cref="CommonParameters.Choices"/> choices.</summary>
internal sealed record CompletionRequest(CommonParameters Common, IReadOnlyList<GenerationPrompt> Prompts, int MaxTokens, bool Echo)
{
    /// <summary>What OpenAI's older route generates when the request does not say.</summary>
    private const int DefaultMaxTokens = 16;

    private const int MaxAllChoices = 128;

    public static CompletionRequest Read(JsonElement body)
    {
        var fields = new RequestFields(body);
        // A number here, a switch in chat; 0 still asks for the chosen tokens' log-probabilities.
        CommonParameters common = CommonParameters.Read(fields) with { TopLogProbabilities = fields.Integer("logprobs", 0, 5) };
        RefuseUnsupported(fields, common.Choices);
        bool echo = fields.Boolean("echo") ?? false; // with it nothing need be generated: evaluations want the prompt's own log-probabilities
        IReadOnlyList<GenerationPrompt> prompts = PromptForms.Read(fields.Find("prompt") ?? throw RequestFields.Missing("prompt"), "prompt");
        return (long)prompts.Count * common.Choices > MaxAllChoices
            ? throw RequestFields.Refuse($"{prompts.Count} prompts of {common.Choices} choices are more than {MaxAllChoices} choices in one request.", "prompt")
            : new CompletionRequest(common, prompts, fields.Integer("max_tokens", echo ? 0 : 1, int.MaxValue) ?? DefaultMaxTokens, echo);
    }

    private static void RefuseUnsupported(RequestFields fields, int choices)
    {
        if (!string.IsNullOrEmpty(fields.String("suffix")))
        {
            throw CommonParameters.Unsupported("'suffix' is", "suffix");
        }

        if (fields.Integer("best_of", 1, 20) is { } bestOf && bestOf != choices)
        {
            throw CommonParameters.Unsupported("A 'best_of' other than 'n' is", "best_of");
        }
    }
}
