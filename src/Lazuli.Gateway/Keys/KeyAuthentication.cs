using Lazuli.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Lazuli.Gateway;

/// <summary>Lets only requests with a live key through. OpenAI's clients send <c>Authorization: Bearer</c>, Azure's <c>api-key</c>; both are heard.</summary>
internal sealed class KeyAuthentication(IApiKeyStore keys) : IEndpointFilter
{
    private const string BearerScheme = "Bearer ";
    private const string ModelsEndpoint = "models"; // every key may see what is served
    private static readonly object s_item = new();

    /// <summary>The key that the request came with, once it was let through.</summary>
    public static ApiKeyRecord? KeyOf(HttpContext context) => context.Items[s_item] as ApiKeyRecord;

    /// <summary>Whom the request's compute is counted to.</summary>
    public static ComputeParty? PartyOf(HttpContext context) => KeyOf(context) is { } key ? new ComputeParty(key.Project, key.Id) : null;

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        HttpContext http = context.HttpContext;
        string text = ReadKey(http.Request) ?? throw new RequestRefusedException(OpenAiError.MissingKey);
        ApiKeyRecord key = await keys.FindAsync(text, http.RequestAborted).ConfigureAwait(false)
            ?? throw new RequestRefusedException(OpenAiError.IncorrectKey(text));
        if (keys.Check(key, ModelsEndpoint, model: null, http.Connection.RemoteIpAddress) == KeyRefusal.Address)
        {
            throw new RequestRefusedException(OpenAiError.OutsideKey(KeyRefusal.Address, ModelsEndpoint, model: ""));
        }

        http.Items[s_item] = key;
        return await next(context).ConfigureAwait(false);
    }

    private static string? ReadKey(HttpRequest request)
    {
        string? authorization = Single(request.Headers.Authorization);
        if (authorization is not null && authorization.StartsWith(BearerScheme, StringComparison.OrdinalIgnoreCase))
        {
            string key = authorization[BearerScheme.Length..].Trim();
            return key.Length > 0 ? key : null;
        }

        return Single(request.Headers["api-key"]);
    }

    private static string? Single(StringValues values) => values.Count == 1 && !string.IsNullOrWhiteSpace(values[0]) ? values[0] : null;
}
