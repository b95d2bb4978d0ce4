using System.Globalization;
using Lazuli.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Lazuli.Gateway;

/// <summary>Lets a call in: what the key is for, entitlement, then room in the engine, then limits and a hold. Each step may refuse, in words for the caller; nothing is held then.</summary>
internal sealed class Turnstile(IApiKeyStore keys, IEntitlements entitlements, IAdmission admission, IOptions<GatewayOptions> options, TimeProvider time, ILogger<Turnstile> logger)
{
    /// <summary>Licences that change as fast as they are asked about are no reason to try for ever.</summary>
    private const int MaxDecisions = 3;

    /// <param name="context">Who asks.</param>
    /// <param name="endpoint">Name of the endpoint, as keys' scopes name it.</param>
    /// <param name="model">What they ask for.</param>
    /// <param name="promptTokens">Exact number of prompt tokens.</param>
    /// <param name="maxNewTokens">The most that may be generated.</param>
    /// <exception cref="RequestRefusedException">It may not come in.</exception>
    public async Task<AdmittedCall> EnterAsync(HttpContext context, string endpoint, ServedModel model, long promptTokens, long maxNewTokens)
    {
        ApiKeyRecord key = KeyAuthentication.KeyOf(context) ?? throw new RequestRefusedException(OpenAiError.MissingKey);
        if (keys.Check(key, endpoint, model.Name, context.Connection.RemoteIpAddress) is { } outside)
        {
            throw new RequestRefusedException(OpenAiError.OutsideKey(outside, endpoint, model.Name));
        }

        var question = new EntitlementQuestion { Party = key.Party, Project = new ProjectId(key.Project), ModelName = model.Name, ModelDigest = model.Digest, Right = UseRight.Use, Provider = options.Value.Provider is { } provider ? new PartyId(provider) : null };
        var requestId = Guid.CreateVersion7(time.GetUtcNow());
        for (int attempt = 1; ; attempt++)
        {
            EntitlementDecision decision = entitlements.Decide(question);
            if (decision is not EntitlementDecision.Allowed allowed)
            {
                throw new RequestRefusedException(OpenAiError.NotEntitled((EntitlementDecision.Refused)decision));
            }

            if (!model.Engine.HasRoom(KeyAuthentication.PartyOf(context)))
            {
                throw new RequestRefusedException(OpenAiError.QueueFull);
            }

            AdmissionResult result = await admission.AdmitAsync(
                new AdmissionRequest
                {
                    RequestId = requestId,
                    Key = key.Id,
                    Project = question.Project,
                    Party = question.Party,
                    GrantChain = allowed.GrantChain,
                    Epoch = decision.Epoch,
                    ModelName = model.Name,
                    ModelDigest = model.Digest,
                    PromptTokens = promptTokens,
                    MaxNewTokens = maxNewTokens,
                    Sandbox = key.Sandbox,
                },
                context.RequestAborted).ConfigureAwait(false);
            switch (result)
            {
                case AdmissionResult.Admitted admitted:
                    Tell(context, admitted.Request.Limits);
                    context.Response.Headers["x-lazuli-usage-id"] = requestId.ToString();
                    return new AdmittedCall(admitted.Request, entitlements, question, decision.Epoch, promptTokens, maxNewTokens, model.Devices, time, logger);
                case AdmissionResult.Refused { Code: AdmissionRefusal.StaleEpoch } when attempt < MaxDecisions:
                    continue;
                case AdmissionResult.Refused refused:
                    Tell(context, refused.Limits);
                    throw new RequestRefusedException(OpenAiError.NotAdmitted(refused));
            }
        }
    }

    /// <summary>The limits as OpenAI's clients read them; set before the first byte, so they show the hold and not yet what was used.</summary>
    private static void Tell(HttpContext context, LimitState limits)
    {
        Tell(context, "requests", limits.Requests);
        Tell(context, "tokens", limits.Tokens);
    }

    private static void Tell(HttpContext context, string what, LimitWindow? window)
    {
        if (window is not null)
        {
            context.Response.Headers[$"x-ratelimit-limit-{what}"] = window.Limit.ToString(CultureInfo.InvariantCulture);
            context.Response.Headers[$"x-ratelimit-remaining-{what}"] = Math.Max(0, window.Remaining).ToString(CultureInfo.InvariantCulture);
            context.Response.Headers[$"x-ratelimit-reset-{what}"] = DurationText.Of(window.Reset);
        }
    }
}
