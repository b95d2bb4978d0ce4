using System.Text.Json;
using Lazuli.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Lazuli.Gateway;

/// <summary><c>POST /v1/embeddings</c>.</summary>
internal sealed class EmbeddingEndpoint(IModelHost models, Drain drain, IOptions<GatewayOptions> options)
{
    public async Task HandleAsync(HttpContext context)
    {
        using IDisposable admission = drain.Enter();
        using JsonDocument body = await RequestBody.ReadAsync(context, options.Value.MaxRequestBodyBytes).ConfigureAwait(false);
        EmbeddingBody request = EmbeddingBody.Read(body.RootElement);
        ServedModel model = models.Find(request.Model) ?? throw new RequestRefusedException(OpenAiError.ModelNotFound(request.Model));
        IEmbeddingEngine engine = model.Embeddings ?? throw new RequestRefusedException(OpenAiError.EmbeddingsNotSupported(request.Model));
        if (request.Dimensions > engine.EmbeddingWidth)
        {
            throw RequestFields.Refuse($"{request.Dimensions} is greater than the maximum of {engine.EmbeddingWidth} - 'dimensions'", "dimensions");
        }

        EmbeddingResult result = await RunAsync(context, engine, request).ConfigureAwait(false);
        var answer = new EmbeddingList(
            "list",
            [.. result.Vectors.Select((vector, i) => new EmbeddingObject("embedding", i, new EmbeddingVector(vector, request.IsBase64)))],
            model.ResolvedName,
            new EmbeddingUsage(result.Usage.PromptTokens, result.Usage.PromptTokens));
        await context.Response.WriteAsJsonAsync(answer, WireJson.Wire.EmbeddingList, cancellationToken: context.RequestAborted).ConfigureAwait(false);
    }

    private async Task<EmbeddingResult> RunAsync(HttpContext context, IEmbeddingEngine engine, EmbeddingBody request)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, drain.Deadline);
        var wanted = new EmbeddingRequest { Inputs = request.Inputs, Dimensions = request.Dimensions, Pooling = request.Pooling, Party = KeyAuthentication.PartyOf(context), Priority = request.Priority };
        try
        {
            return await engine.EmbedAsync(wanted, stop.Token).ConfigureAwait(false);
        }
        catch (EngineRefusedException refusal)
        {
            throw new RequestRefusedException(EngineErrors.Translate(refusal, request.Model, "input"));
        }
        catch (ArgumentException e)
        {
            throw RequestFields.Refuse($"The input cannot be given to this model: {EngineErrors.Explain(e)}", "input");
        }
        catch (OperationCanceledException) when (drain.Deadline.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            throw new RequestRefusedException(OpenAiError.ShuttingDown);
        }
    }
}
