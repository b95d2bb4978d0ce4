using System.Text.Json;
using Lazuli.Contracts;
using Lazuli.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;

namespace Lazuli.Gateway;

/// <summary>What went wrong as RFC 9457 problem details; the one place where the admin API maps exceptions.</summary>
internal sealed partial class AdminProblem(RequestDelegate next, ILogger<AdminProblem> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // the border: whatever it was becomes a problem
        catch (Exception e) when (!context.Response.HasStarted)
#pragma warning restore CA1031
        {
            ProblemDetails problem = Explain(e);
            if (problem.Status is StatusCodes.Status500InternalServerError || e is StorageFailedException)
            {
                Log.Failed(logger, e, context.Request.Method, context.Request.Path);
            }

            await TypedResults.Problem(problem).ExecuteAsync(context).ConfigureAwait(false);
        }
    }

    private static ProblemDetails Explain(Exception exception) => exception switch
    {
        AdminRefusedException refused => Make(refused.Status, refused.Title, refused.Message),
        BadHttpRequestException { InnerException: JsonException json } => Make(StatusCodes.Status400BadRequest, "The body cannot be read", json.Message),
        BadHttpRequestException bad => Make(bad.StatusCode, "The request cannot be read", bad.Message),
        StorageFailedException { IsConstraint: false } storage => Make(StatusCodes.Status503ServiceUnavailable, "A database cannot be had", storage.IsOutcomeUnknown ? "The connection was lost in a change that may have been made or not: look before trying again." : "A database did not take part, so nothing was changed; try again."),
        ArgumentException argument => Make(StatusCodes.Status400BadRequest, "A value cannot be", EngineErrors.Explain(argument)),
        _ when AdminRefusals.StatusOf(exception) is { } status => Make(status, AdminRefusals.TitleOf(status), exception.Message),
        _ => Make(StatusCodes.Status500InternalServerError, "The server had an error", "The server's log says more."),
    };

    private static ProblemDetails Make(int status, string title, string detail) => new() { Status = status, Title = title, Detail = detail, Type = "about:blank" };

    private static partial class Log
    {
        [LoggerMessage(EventId = 4050, Level = LogLevel.Error, Message = "{Method} {Path} failed")]
        public static partial void Failed(ILogger logger, Exception exception, string method, string path);
    }
}
