using System.Globalization;
using Lazuli.Contracts;
using Microsoft.AspNetCore.Http;

namespace Lazuli.Gateway;

/// <summary>Every error that the OpenAI routes answer, in one table.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Message">What was wanted, what came, what to do; shown to people.</param>
/// <param name="Type">OpenAI's class of error.</param>
/// <param name="Param">The request's field at fault, where there is one.</param>
/// <param name="Code">For programs; a string or null, never a number.</param>
/// <param name="RetryAfterSeconds">When the same request is worth repeating; on every 5xx and 429, because clients otherwise retry within milliseconds.</param>
internal sealed record OpenAiError(int Status, string Message, string Type, string? Param, string? Code, int? RetryAfterSeconds = null)
{
    private const string InvalidRequest = "invalid_request_error";
    private const string ServerError = "server_error";

    public static OpenAiError MissingKey { get; } = new(
        StatusCodes.Status401Unauthorized,
        "No API key came with this request. Send it in the header \"Authorization: Bearer YOUR_KEY\" or \"api-key: YOUR_KEY\".",
        InvalidRequest, null, "invalid_api_key");

    public static OpenAiError ShuttingDown { get; } = new(
        StatusCodes.Status503ServiceUnavailable, "The server is shutting down and takes no new requests. Try again shortly.",
        "service_unavailable_error", null, "server_shutting_down", RetryAfterSeconds: 5);

    public static OpenAiError QueueFull { get; } = new(
        StatusCodes.Status503ServiceUnavailable, "Too many requests are waiting for this model. Try again shortly.",
        "service_unavailable_error", null, "server_is_overloaded", RetryAfterSeconds: 1);

    public static OpenAiError Internal { get; } = new(
        StatusCodes.Status500InternalServerError, "The server had an error while processing your request. The header x-request-id names it in the server's log.",
        ServerError, null, null, RetryAfterSeconds: 1);

    public static OpenAiError AdmissionUnavailable { get; } = new(
        StatusCodes.Status503ServiceUnavailable, "Licences or accounts cannot be checked at the moment, and nothing is answered without. Try again shortly.",
        "service_unavailable_error", null, "admission_unavailable", RetryAfterSeconds: 2);

    public static OpenAiError MalformedJson(string detail) => Invalid($"The body of the request is not valid JSON: {detail}", null);

    public static OpenAiError IncorrectKey(string key) => new(
        StatusCodes.Status401Unauthorized, $"Incorrect API key provided: {Mask(key)}. Keys of this server are listed by \"lazuli key list\".",
        InvalidRequest, null, "invalid_api_key");

    public static OpenAiError ModelNotFound(string model) => new(
        StatusCodes.Status404NotFound, $"The model '{Shorten(model)}' does not exist", InvalidRequest, "model", "model_not_found");

    public static OpenAiError UsageNotFound(string id) => new(
        StatusCodes.Status404NotFound, $"No settled request of this key's project has the id '{Shorten(id)}'.", InvalidRequest, "request_id", "not_found");

    public static OpenAiError UnknownUrl(string method, string path) => new(
        StatusCodes.Status404NotFound, $"Invalid URL ({method} {Shorten(path)})", InvalidRequest, null, null);

    public static OpenAiError MethodNotAllowed(string method, string path) => new(
        StatusCodes.Status405MethodNotAllowed, $"{method} is not allowed on {Shorten(path)}.", InvalidRequest, null, "method_not_supported");

    public static OpenAiError BodyTooLarge(long limitBytes) => new(
        StatusCodes.Status413PayloadTooLarge, string.Create(CultureInfo.InvariantCulture, $"The body of the request is larger than the limit of {limitBytes} bytes."),
        InvalidRequest, null, null);

    /// <summary>A field has a value that cannot be; <paramref name="param"/> names it.</summary>
    public static OpenAiError Invalid(string message, string? param) => new(StatusCodes.Status400BadRequest, message, InvalidRequest, param, null);

    /// <summary>A feature of OpenAI's API that this server lacks and whose absence would change the answer.</summary>
    public static OpenAiError Unsupported(string what, string param) => new(
        StatusCodes.Status400BadRequest, $"{what} not supported by this server yet.", InvalidRequest, param, "unsupported_parameter");

    public static OpenAiError ChatNotSupported(string model) => new(
        StatusCodes.Status400BadRequest, $"The model '{Shorten(model)}' has no chat format. Use /v1/completions.", InvalidRequest, "model", "unsupported_value");

    public static OpenAiError EmbeddingsNotSupported(string model) => new(
        StatusCodes.Status400BadRequest, $"The model '{Shorten(model)}' makes no embeddings.", InvalidRequest, "model", "unsupported_value");

    public static OpenAiError ContextLengthExceeded(int contextLength, int promptTokens, int completionTokens, string param) => new(
        StatusCodes.Status400BadRequest,
        string.Create(CultureInfo.InvariantCulture, $"This model's maximum context length is {contextLength} tokens. However, you requested {(long)promptTokens + completionTokens} tokens ({promptTokens} in the {param}, {completionTokens} in the completion). Please reduce the length of the {param} or completion."),
        InvalidRequest, param, "context_length_exceeded");

    public static OpenAiError ContextLengthExceeded(string message, string param) =>
        new(StatusCodes.Status400BadRequest, message, InvalidRequest, param, "context_length_exceeded");

    /// <summary>A licence does not reach; the reason is written for the party that asked. Where licences cannot be read nothing is said about them: that passes, so it is worth repeating.</summary>
    public static OpenAiError NotEntitled(EntitlementDecision.Refused refused) => refused.Code switch
    {
        EntitlementRefusal.Unavailable => AdmissionUnavailable,
        EntitlementRefusal.OnHold => Forbidden(refused.Reason, "model", "model_on_hold"),
        EntitlementRefusal.Revoked => Forbidden(refused.Reason, "model", "model_revoked"),
        EntitlementRefusal.UnknownParty => Forbidden(refused.Reason, null, "project_closed"),
        _ => Forbidden(refused.Reason, "model", "model_not_licensed"),
    };

    /// <summary>The key is live, and not for this.</summary>
    public static OpenAiError OutsideKey(KeyRefusal refusal, string endpoint, string model) => new(
        StatusCodes.Status403Forbidden,
        refusal switch
        {
            KeyRefusal.Endpoint => $"This key is not for the endpoint '{endpoint}'.",
            KeyRefusal.Model => $"This key is not for the model '{Shorten(model)}'.",
            _ => "This key may not be used from this address.",
        },
        "permission_error", refusal == KeyRefusal.Model ? "model" : null, "key_out_of_scope");

    /// <summary>The key reads its own project's use only. Whether there is another project of that name is not said.</summary>
    public static OpenAiError OutsideProject(string endpoint) => Forbidden($"This key reads the use of its own project only; a key for the endpoint '{endpoint}' reads its party's.", "project_ids", "key_out_of_scope");

    /// <summary>A limit, a budget or the money store said no.</summary>
    public static OpenAiError NotAdmitted(AdmissionResult.Refused refused)
    {
        int? retryAfter = refused.RetryAfter is { } wait ? (int)Math.Clamp(Math.Ceiling(wait.TotalSeconds), 1, 86_400) : null;
        return refused.Code switch
        {
            AdmissionRefusal.RequestLimit or AdmissionRefusal.ConcurrencyLimit => new OpenAiError(StatusCodes.Status429TooManyRequests, refused.Reason, "requests", null, "rate_limit_exceeded", retryAfter),
            AdmissionRefusal.TokenLimit => new OpenAiError(StatusCodes.Status429TooManyRequests, refused.Reason, "tokens", null, "rate_limit_exceeded", retryAfter),
            AdmissionRefusal.Budget or AdmissionRefusal.Credit => new OpenAiError(StatusCodes.Status429TooManyRequests, refused.Reason, "insufficient_quota", null, "insufficient_quota"),
            AdmissionRefusal.NoPrice => new OpenAiError(StatusCodes.Status403Forbidden, refused.Reason, "permission_error", "model", "no_price"),
            AdmissionRefusal.TooLarge => Invalid(refused.Reason, null),
            _ => AdmissionUnavailable,
        };
    }

    /// <summary>The HTTP layer refused the request before we saw it whole.</summary>
    public static OpenAiError Transport(int status, string message) => new(status, message, InvalidRequest, null, null);

    private static OpenAiError Forbidden(string message, string? param, string code) => new(StatusCodes.Status403Forbidden, message, "permission_error", param, code);

    /// <summary>Enough of a wrong key for its owner to know which one it was.</summary>
    private static string Mask(string key) => key.Length <= 12 ? new string('*', key.Length) : $"{key[..8]}****{key[^4..]}";

    private static string Shorten(string text) => text.Length <= 200 ? text : string.Concat(text.AsSpan(0, 200), "…");
}
