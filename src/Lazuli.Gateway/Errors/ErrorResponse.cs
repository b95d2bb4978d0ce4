using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Lazuli.Gateway;

/// <summary>Writes an error as a whole response.</summary>
internal static class ErrorResponse
{
    public static async Task WriteAsync(HttpContext context, OpenAiError error)
    {
        // Clear would also forget Allow, which a 405 owes.
        HttpResponse response = context.Response;
        response.StatusCode = error.Status;
        if (error.RetryAfterSeconds is { } seconds)
        {
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        if (error.RetryAfterSeconds is null && error.Status == StatusCodes.Status429TooManyRequests)
        {
            response.Headers["x-should-retry"] = "false"; // no waiting fills an empty account; OpenAI's clients heed it
        }

        if (error.Status == StatusCodes.Status401Unauthorized)
        {
            response.Headers.WWWAuthenticate = "Bearer";
        }

        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        await response.WriteAsJsonAsync(ErrorBody.Of(error), WireJson.Wire.ErrorBody, cancellationToken: context.RequestAborted).ConfigureAwait(false);
    }
}
