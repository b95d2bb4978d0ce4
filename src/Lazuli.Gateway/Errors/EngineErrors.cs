using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>An engine's refusal as the client sees it.</summary>
internal static class EngineErrors
{
    /// <param name="refusal">What the engine said.</param>
    /// <param name="model">The name that the client used.</param>
    /// <param name="promptParam">The request's field that holds the prompt.</param>
    public static OpenAiError Translate(EngineRefusedException refusal, string model, string promptParam) => refusal.Reason switch
    {
        EngineRefusal.ContextLengthExceeded => OpenAiError.ContextLengthExceeded(refusal.Message, promptParam),
        EngineRefusal.QueueFull => OpenAiError.QueueFull,
        EngineRefusal.ShuttingDown => OpenAiError.ShuttingDown,
        EngineRefusal.ConstraintNotSupported => OpenAiError.Invalid($"Invalid schema for response_format: {refusal.Message}", "response_format"),
        EngineRefusal.TokenOutOfVocabulary => OpenAiError.Invalid(refusal.Message, "logit_bias"),
        EngineRefusal.TokenNotScorable => OpenAiError.Invalid(refusal.Message, promptParam),
        EngineRefusal.DimensionsNotSupported => OpenAiError.Invalid(refusal.Message, "dimensions"),
        EngineRefusal.ChatNotSupported => OpenAiError.ChatNotSupported(model),
        _ => OpenAiError.Internal,
    };

    /// <summary>What an engine said of a prompt that it cannot take, without the name of a parameter in its code.</summary>
    public static string Explain(ArgumentException error) =>
        error.ParamName is { } name ? error.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal) : error.Message;
}
