using Lazuli.Contracts;
using Microsoft.AspNetCore.Http;

namespace Lazuli.Gateway;

/// <summary><c>GET /v1/usage/{request_id}</c>: what a request took, for the project that made it, once it is settled. Ours: OpenAI has no such route.</summary>
internal sealed class UsageEndpoint(IMeterEvents events)
{
    public async Task HandleAsync(HttpContext context, string id)
    {
        ApiKeyRecord key = KeyAuthentication.KeyOf(context) ?? throw new RequestRefusedException(OpenAiError.MissingKey);
        MeterEvent? found = Guid.TryParse(id, out Guid request) ? await events.FindAsync(request, context.RequestAborted).ConfigureAwait(false) : null;

        // Another project's use is not there for this key: "not yours" would tell that it is.
        if (found is null || found.Project.Value != key.Project)
        {
            throw new RequestRefusedException(OpenAiError.UsageNotFound(id));
        }

        await context.Response.WriteAsJsonAsync(UsageObject.Of(found), WireJson.Wire.UsageObject, cancellationToken: context.RequestAborted).ConfigureAwait(false);
    }
}
