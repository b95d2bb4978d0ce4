using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Lazuli.Gateway;

/// <summary>Reads a request's JSON object.</summary>
internal static class RequestBody
{
    /// <exception cref="RequestRefusedException">Not JSON, not an object, or larger than the limit.</exception>
    public static async Task<JsonDocument> ReadAsync(HttpContext context, long maxBytes)
    {
        if (context.Request.ContentLength > maxBytes)
        {
            throw new RequestRefusedException(OpenAiError.BodyTooLarge(maxBytes));
        }

        // The server counts bodies that come in chunks and did not say their length.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = maxBytes;
        }

        JsonDocument document;
        try
        {
            document = await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted).ConfigureAwait(false);
        }
        catch (JsonException e)
        {
            throw new RequestRefusedException(OpenAiError.MalformedJson(e.Message));
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw new RequestRefusedException(OpenAiError.BodyTooLarge(maxBytes));
        }

        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            using (document)
            {
                throw new RequestRefusedException(OpenAiError.Invalid($"The body of the request is {RequestFields.Describe(document.RootElement)}; expected an object.", null));
            }
        }

        return document;
    }
}
