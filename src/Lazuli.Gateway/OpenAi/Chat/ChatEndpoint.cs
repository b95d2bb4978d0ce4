using System.Text.Json;
using Lazuli.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Lazuli.Gateway;

/// <summary><c>POST /v1/chat/completions</c>.</summary>
internal sealed class ChatEndpoint(IModelHost models, Drain drain, Turnstile turnstile, GenerationRunner runner, IOptions<GatewayOptions> options, TimeProvider time)
{
    public async Task HandleAsync(HttpContext context)
    {
        using IDisposable admission = drain.Enter();
        using JsonDocument body = await RequestBody.ReadAsync(context, options.Value.MaxRequestBodyBytes).ConfigureAwait(false);
        ChatRequest request = ChatRequest.Read(body.RootElement);
        CommonParameters common = request.Common;
        ServedModel model = models.Find(common.Model) ?? throw new RequestRefusedException(OpenAiError.ModelNotFound(common.Model));
        if (!model.Engine.SupportsChat)
        {
            throw new RequestRefusedException(OpenAiError.ChatNotSupported(common.Model));
        }

        var generation = new Generation(model, [common.ToGeneration(new GenerationPrompt.Chat(request.Messages), request.MaxTokens) with { Party = KeyAuthentication.PartyOf(context) }], "messages");
        (long promptTokens, long maxNewTokens) = generation.CheckFit();
        await using AdmittedCall call = await turnstile.EnterAsync(context, "chat", model, promptTokens, maxNewTokens).ConfigureAwait(false);
        generation = generation.MeteredBy(call.Tally);
        ResponseIdentity identity = ResponseIdentity.Create("chatcmpl-", model, time);
        if (common.Stream)
        {
            await runner.StreamAsync(context, generation, call, new ChatStreamDialect(identity, generation.TotalChoices, common.IncludeUsage, common.TopLogProbabilities is not null), common.IncludeUsage).ConfigureAwait(false);
            return;
        }

        (IReadOnlyList<ChoiceText> choices, TokenUsage usage) = await runner.CollectAsync(context, generation, call).ConfigureAwait(false);
        var answer = new ChatCompletion(
            identity.Id,
            "chat.completion",
            identity.Created,
            identity.Model,
            [.. choices.Select((choice, i) => new ChatCompletionChoice(i, new ChatCompletionMessage("assistant", choice.Text, Refusal: null, Annotations: []), choice.Tokens is { } tokens ? ChatLogprobs.Of(tokens) : null, FinishReasonNames.Name(choice.Reason)))],
            UsageBody.Of(usage),
            ResponseIdentity.DefaultServiceTier,
            identity.SystemFingerprint);
        await context.Response.WriteAsJsonAsync(answer, WireJson.Wire.ChatCompletion, cancellationToken: context.RequestAborted).ConfigureAwait(false);
    }
}
