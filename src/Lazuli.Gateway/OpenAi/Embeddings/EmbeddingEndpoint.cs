using System.Text.Json;
using Lazuli.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Lazuli.Gateway;

/// <summary><c>POST /v1/embeddings</c>.</summary>
internal sealed class EmbeddingEndpoint(IModelHost models, Drain drain, Turnstile turnstile, IOptions<GatewayOptions> options)
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

        await using AdmittedCall call = await turnstile.EnterAsync(context, "embeddings", model, CountTokens(engine, request), maxNewTokens: 0).ConfigureAwait(false);
        EmbeddingResult result = await RunAsync(context, engine, request, call).ConfigureAwait(false);
        call.Completed(result.Usage);
        await call.SettleAsync().ConfigureAwait(false);
        var answer = new EmbeddingList(
            "list",
            [.. result.Vectors.Select((vector, i) => new EmbeddingObject("embedding", i, new EmbeddingVector(vector, request.IsBase64)))],
            model.ResolvedName,
            new EmbeddingUsage(result.Usage.PromptTokens, result.Usage.PromptTokens));
        await context.Response.WriteAsJsonAsync(answer, WireJson.Wire.EmbeddingList, cancellationToken: context.RequestAborted).ConfigureAwait(false);
    }

    private static long CountTokens(IEmbeddingEngine engine, EmbeddingBody request)
    {
        try
        {
            return request.Inputs.Sum(input => (long)engine.CountInputTokens(input));
        }
        catch (EngineRefusedException refusal)
        {
            throw new RequestRefusedException(EngineErrors.Translate(refusal, request.Model, "input"));
        }
        catch (ArgumentException e)
        {
            throw RequestFields.Refuse($"The input cannot be given to this model: {EngineErrors.Explain(e)}", "input");
        }
    }

    private async Task<EmbeddingResult> RunAsync(HttpContext context, IEmbeddingEngine engine, EmbeddingBody request, AdmittedCall call)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, drain.Deadline, call.Stop);
        var wanted = new EmbeddingRequest { Inputs = request.Inputs, Dimensions = request.Dimensions, Pooling = request.Pooling, Party = KeyAuthentication.PartyOf(context), Priority = request.Priority, Meter = call.Tally };
        try
        {
            return await engine.EmbedAsync(wanted, stop.Token).ConfigureAwait(false);
        }
        catch (EngineRefusedException refusal)
        {
            call.EngineFailed();
            throw new RequestRefusedException(EngineErrors.Translate(refusal, request.Model, "input"));
        }
        catch (OperationCanceledException) when (call.End is CallEnd.Revoked revoked)
        {
            throw new RequestRefusedException(revoked.Error);
        }
        catch (OperationCanceledException) when (call.End is CallEnd.MeterLost lost)
        {
            throw new RequestRefusedException(lost.Error);
        }
        catch (OperationCanceledException) when (drain.Deadline.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            throw new RequestRefusedException(OpenAiError.ShuttingDown);
        }
    }
}
