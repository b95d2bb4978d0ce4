using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Lazuli.Gateway;

/// <summary>What every exchange has: a request id, the common headers, an error body in OpenAI's shape whatever went wrong, one line in the log.</summary>
/// <remarks>The log has no prompt, no answer and no key, only the key's public id.</remarks>
internal sealed partial class ExchangeMiddleware(RequestDelegate next, TimeProvider time, ILogger<ExchangeMiddleware> logger)
{
    /// <summary>Nginx's number for "the client went away"; only the log sees it.</summary>
    private const int ClientClosedRequest = 499;

    public async Task InvokeAsync(HttpContext context)
    {
        long started = time.GetTimestamp();
        string requestId = "req_" + RandomNumberGenerator.GetHexString(32, lowercase: true);
        context.TraceIdentifier = requestId;
        context.Response.OnStarting(() =>
        {
            IHeaderDictionary headers = context.Response.Headers;
            headers["x-request-id"] = requestId;
            headers["openai-version"] = "2020-10-01";
            headers["openai-processing-ms"] = ((long)time.GetElapsedTime(started).TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
            return Task.CompletedTask;
        });

        int status = StatusCodes.Status500InternalServerError;
        try
        {
            status = await AnswerAsync(context).ConfigureAwait(false);
        }
        finally
        {
            string path = context.Request.Path.Value ?? "";
            double milliseconds = time.GetElapsedTime(started).TotalMilliseconds;
            string? keyId = KeyAuthentication.KeyOf(context)?.Id;
            Log.Answered(logger, context.Request.Method, path, status, milliseconds, requestId, keyId);
        }
    }

    private async Task<int> AnswerAsync(HttpContext context)
    {
        try
        {
            await next(context).ConfigureAwait(false);
            if (!context.Response.HasStarted && UnmatchedError(context) is { } unmatched)
            {
                await ErrorResponse.WriteAsync(context, unmatched).ConfigureAwait(false);
            }

            return context.Response.StatusCode;
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested || context.Response.HasStarted)
        {
            // Once an answer runs, nothing but the client's going cancels it: the drain's end is told by its own frame.
            return ClientClosedRequest;
        }
#pragma warning disable CA1031 // the border: whatever it was, the client gets an error body and the log gets the exception
        catch (Exception e) when (e is not StreamBrokenException)
#pragma warning restore CA1031
        {
            OpenAiError error = Translate(context, e);
            if (context.Response.HasStarted)
            {
                // Half an answer went out, and only a broken connection tells every client that it was half.
                context.Abort();
            }
            else
            {
                await ErrorResponse.WriteAsync(context, error).ConfigureAwait(false);
            }

            return error.Status;
        }
    }

    private OpenAiError Translate(HttpContext context, Exception exception)
    {
        switch (exception)
        {
            case RequestRefusedException refused:
                return refused.Error;
            case BadHttpRequestException bad:
                return OpenAiError.Transport(bad.StatusCode, bad.Message);
            default:
                Log.Failed(logger, exception, context.Request.Method, context.Request.Path, context.TraceIdentifier);
                return OpenAiError.Internal;
        }
    }

    private static OpenAiError? UnmatchedError(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => OpenAiError.UnknownUrl(context.Request.Method, context.Request.Path.Value ?? ""),
        StatusCodes.Status405MethodNotAllowed => OpenAiError.MethodNotAllowed(context.Request.Method, context.Request.Path.Value ?? ""),
        _ => null,
    };

    private static partial class Log
    {
        [LoggerMessage(EventId = 4010, Level = LogLevel.Information, Message = "{Method} {Path} {Status} in {Milliseconds:F0} ms, {RequestId}, {KeyId}")]
        public static partial void Answered(ILogger logger, string method, string path, int status, double milliseconds, string requestId, string? keyId);

        [LoggerMessage(EventId = 4011, Level = LogLevel.Error, Message = "{Method} {Path} failed, {RequestId}")]
        public static partial void Failed(ILogger logger, Exception exception, string method, string path, string requestId);
    }
}
