using Lazuli.Contracts;
using Microsoft.AspNetCore.Http;

namespace Lazuli.Gateway;

/// <summary><c>GET /v1/models</c> and <c>GET /v1/models/{id}</c>.</summary>
internal sealed class ModelsEndpoint(IModelHost models)
{
    public Task ListAsync(HttpContext context) => context.Response.WriteAsJsonAsync(
        new ModelList("list", [.. models.List().Select(ModelObject.Of)]), WireJson.Wire.ModelList, cancellationToken: context.RequestAborted);

    public Task GetAsync(HttpContext context, string id)
    {
        // A name may hold slashes, and the server leaves an escaped one escaped.
        string name = id.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        ServedModel model = models.Find(name) ?? throw new RequestRefusedException(OpenAiError.ModelNotFound(name));
        return context.Response.WriteAsJsonAsync(ModelObject.Of(model), WireJson.Wire.ModelObject, cancellationToken: context.RequestAborted);
    }
}
