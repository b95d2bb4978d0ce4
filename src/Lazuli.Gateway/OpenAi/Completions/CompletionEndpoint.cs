using System.Text.Json;
using Lazuli.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Lazuli.Gateway;

/// <summary><c>POST /v1/completions</c>.</summary>
internal sealed class CompletionEndpoint(IModelHost models, Drain drain, Turnstile turnstile, GenerationRunner runner, IOptions<GatewayOptions> options, TimeProvider time)
{
    public async Task HandleAsync(HttpContext context)
    {
        using IDisposable admission = drain.Enter();
        using JsonDocument body = await RequestBody.ReadAsync(context, options.Value.MaxRequestBodyBytes).ConfigureAwait(false);
        CompletionRequest request = CompletionRequest.Read(body.RootElement);
        CommonParameters common = request.Common;
        ServedModel model = models.Find(common.Model) ?? throw new RequestRefusedException(OpenAiError.ModelNotFound(common.Model));
        ComputeParty? party = KeyAuthentication.PartyOf(context);
        var generation = new Generation(model, [.. request.Prompts.Select(prompt => common.ToGeneration(prompt, request.MaxTokens) with { Party = party, Echo = request.Echo })], "prompt");
        (long promptTokens, long maxNewTokens) = generation.CheckFit();
        await using AdmittedCall call = await turnstile.EnterAsync(context, "completions", model, promptTokens, maxNewTokens).ConfigureAwait(false);
        generation = generation.MeteredBy(call.Tally);
        ResponseIdentity identity = ResponseIdentity.Create("cmpl-", model, time);
        if (common.Stream)
        {
            await runner.StreamAsync(context, generation, call, new TextStreamDialect(identity, common.IncludeUsage), common.IncludeUsage).ConfigureAwait(false);
            return;
        }

        (IReadOnlyList<ChoiceText> choices, TokenUsage usage) = await runner.CollectAsync(context, generation, call).ConfigureAwait(false);
        var answer = new TextCompletion(
            identity.Id,
            "text_completion",
            identity.Created,
            identity.Model,
            [.. choices.Select((choice, i) => new TextChoice(choice.Text, i, choice.Tokens is { } tokens ? TextLogprobs.Of(tokens, offset: 0) : null, FinishReasonNames.Name(choice.Reason)))],
            UsageBody.Of(usage),
            identity.SystemFingerprint);
        await context.Response.WriteAsJsonAsync(answer, WireJson.Wire.TextCompletion, cancellationToken: context.RequestAborted).ConfigureAwait(false);
    }
}
