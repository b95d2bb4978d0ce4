using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Lazuli.Contracts;
using Microsoft.Extensions.DependencyInjection;

namespace Lazuli.Gateway.Tests;

public sealed class AdmittedCallTests
{
    private const string Chat = """{"model":"tiny","messages":[{"role":"user","content":"one two three"}],"max_tokens":50}""";
    private const string ChatStream = """{"model":"tiny","messages":[{"role":"user","content":"one two three"}],"max_tokens":50,"stream":true,"stream_options":{"include_usage":true}}""";

    [Fact]
    public async Task What_an_answer_took_is_settled_before_its_end_is_seen()
    {
        await using GatewayServer server = await GatewayServer.StartAsync();
        string body = await server.PostTextAsync("/v1/chat/completions", Chat);
        Assert.Contains("\"completion_tokens\":3", body, StringComparison.Ordinal);
        (Guid request, UsageFacts usage) = Assert.Single(server.Admission.Settled);
        Assert.Equal(new ChargedTokens(7, 2, 3), usage.Tokens);
        Assert.Equal(RequestOutcome.Completed, usage.Outcome);
        Assert.True(usage is { Flop: > 0, DeviceSeconds: > 0 });
        AdmissionRequest asked = Assert.Single(server.Admission.Asked);
        Assert.Equal((request, 3, 50), (asked.RequestId, asked.PromptTokens, asked.MaxNewTokens));
        Assert.Equal(["grant_one"], asked.GrantChain.Select(g => g.Value));
    }

    [Fact]
    public async Task A_party_without_a_licence_is_refused_with_the_reason_and_nothing_is_held()
    {
        await using GatewayServer server = await GatewayServer.StartAsync();
        server.Entitlements.Change(EntitlementRefusal.FieldNotCovered, "Your licence covers customer support, not trading.");
        using HttpResponseMessage response = await server.PostAsync("/v1/chat/completions", Chat);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        string body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("Your licence covers customer support, not trading.", body, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"model_not_licensed\"", body, StringComparison.Ordinal);
        Assert.Empty(server.Admission.Asked);
        Assert.Empty(server.Engine.Requests);
    }

    [Theory]
    [InlineData(EntitlementRefusal.OnHold, 403, "permission_error", "model_on_hold", null)]
    [InlineData(EntitlementRefusal.Revoked, 403, "permission_error", "model_revoked", null)]
    [InlineData(EntitlementRefusal.UnknownParty, 403, "permission_error", "project_closed", null)]
    [InlineData(EntitlementRefusal.StageTooLow, 403, "permission_error", "model_not_licensed", null)]
    [InlineData(EntitlementRefusal.ProviderNotCommitted, 403, "permission_error", "model_not_licensed", null)]
    [InlineData(EntitlementRefusal.Unavailable, 503, "service_unavailable_error", "admission_unavailable", "2")]
    public async Task Each_refusal_of_licences_has_its_status_and_code(EntitlementRefusal code, int status, string type, string name, string? retryAfter)
    {
        await using GatewayServer server = await GatewayServer.StartAsync();
        server.Entitlements.Change(code, "the reason");
        using HttpResponseMessage response = await server.PostAsync("/v1/chat/completions", Chat);
        Assert.Equal(status, (int)response.StatusCode);
        string body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains($"\"type\":\"{type}\"", body, StringComparison.Ordinal);
        Assert.Contains($"\"code\":\"{name}\"", body, StringComparison.Ordinal);
        Assert.Equal(retryAfter, response.Headers.TryGetValues("retry-after", out IEnumerable<string>? after) ? after.Single() : null);
        Assert.Empty(server.Admission.Asked);
    }

    [Fact]
    public async Task A_full_engine_refuses_before_anything_is_held()
    {
        await using GatewayServer server = await GatewayServer.StartAsync();
        server.Engine.IsFull = true;
        using HttpResponseMessage response = await server.PostAsync("/v1/chat/completions", Chat);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("1", response.Headers.GetValues("retry-after").Single());
        Assert.Empty(server.Admission.Asked);
    }

    [Theory]
    [InlineData(AdmissionRefusal.TokenLimit, 429, "rate_limit_exceeded", "7", null)]
    [InlineData(AdmissionRefusal.Budget, 429, "insufficient_quota", null, "false")]
    [InlineData(AdmissionRefusal.NoPrice, 403, "no_price", null, null)]
    [InlineData(AdmissionRefusal.Unavailable, 503, "admission_unavailable", "2", null)]
    public async Task A_refusal_of_the_door_has_its_status_code_and_advice(AdmissionRefusal code, int status, string name, string? retryAfter, string? shouldRetry)
    {
        await using GatewayServer server = await GatewayServer.StartAsync();
        server.Admission.Refusal = new AdmissionResult.Refused(code, "the reason", code == AdmissionRefusal.TokenLimit ? TimeSpan.FromSeconds(6.5) : null, LimitState.None);
        using HttpResponseMessage response = await server.PostAsync("/v1/chat/completions", Chat);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Contains($"\"code\":\"{name}\"", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(retryAfter, response.Headers.TryGetValues("retry-after", out IEnumerable<string>? after) ? after.Single() : null);
        Assert.Equal(shouldRetry, response.Headers.TryGetValues("x-should-retry", out IEnumerable<string>? retry) ? retry.Single() : null);
        Assert.Empty(server.Engine.Requests);
    }

    [Theory]
    [InlineData(Chat, false)]
    [InlineData(ChatStream, false)]
    [InlineData(Chat, true)]
    [InlineData(ChatStream, true)]
    public async Task Limits_are_told_in_headers_of_answers_streams_and_refusals(string body, bool refuse)
    {
        await using GatewayServer server = await GatewayServer.StartAsync();
        var limits = new LimitState(new LimitWindow(60, 59, TimeSpan.FromSeconds(1)), new LimitWindow(1000, 947, TimeSpan.FromSeconds(366)));
        server.Admission.Limits = limits;
        server.Admission.Refusal = refuse ? new AdmissionResult.Refused(AdmissionRefusal.RequestLimit, "the reason", TimeSpan.FromSeconds(0.4), limits) : null;
        using HttpResponseMessage response = await server.PostAsync("/v1/chat/completions", body);
        Assert.Equal(refuse ? 429 : 200, (int)response.StatusCode);
        Assert.Equal(refuse ? "1" : null, response.Headers.TryGetValues("retry-after", out IEnumerable<string>? after) ? after.Single() : null);
        Assert.Equal("60", response.Headers.GetValues("x-ratelimit-limit-requests").Single());
        Assert.Equal("59", response.Headers.GetValues("x-ratelimit-remaining-requests").Single());
        Assert.Equal("1s", response.Headers.GetValues("x-ratelimit-reset-requests").Single());
        Assert.Equal("1000", response.Headers.GetValues("x-ratelimit-limit-tokens").Single());
        Assert.Equal("947", response.Headers.GetValues("x-ratelimit-remaining-tokens").Single());
        Assert.Equal("6m6s", response.Headers.GetValues("x-ratelimit-reset-tokens").Single());
    }

    [Fact]
    public async Task A_request_that_fits_under_no_limit_is_not_worth_repeating()
    {
        await using GatewayServer server = await GatewayServer.StartAsync();
        server.Admission.Refusal = new AdmissionResult.Refused(AdmissionRefusal.TokenLimit, "the reason", null, LimitState.None);
        using HttpResponseMessage response = await server.PostAsync("/v1/chat/completions", Chat);
        Assert.Equal(429, (int)response.StatusCode);
        Assert.False(response.Headers.Contains("retry-after"));
        Assert.Equal("false", response.Headers.GetValues("x-should-retry").Single());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_sandbox_key_asks_to_be_admitted_as_one(bool sandbox)
    {
        await using GatewayServer server = await GatewayServer.StartAsync();
        IApiKeyStore keys = server.App.Services.GetRequiredService<IApiKeyStore>();
        var wanted = new NewApiKey { Label = "trial", Project = new ProjectId("default"), Sandbox = sandbox };
        CreatedApiKey key = Assert.IsType<LicensingResult<CreatedApiKey>.Done>(await keys.CreateAsync(Actor.Local, wanted, TestContext.Current.CancellationToken)).Value;
        server.Client.DefaultRequestHeaders.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", key.Key);
        await server.PostTextAsync("/v1/chat/completions", Chat);
        Assert.Equal(sandbox, Assert.Single(server.Admission.Asked).Sandbox);
    }

    [Fact]
    public async Task An_entitlement_gone_stale_at_the_door_is_decided_again()
    {
        await using GatewayServer server = await GatewayServer.StartAsync();
        server.Admission.StaleTimes = 2;
        using HttpResponseMessage response = await server.PostAsync("/v1/chat/completions", Chat);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(3, server.Entitlements.Questions.Count);
        Assert.Single(server.Admission.Asked.Select(a => a.RequestId).Distinct());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_limit_reached_in_mid_answer_ends_it_cleanly_and_charges_no_more(bool stream)
    {
        await using GatewayServer server = await GatewayServer.StartAsync();
        server.Admission.Allowance = 40;
        server.Engine.Play = (_, cancel) => SayFor(70, cancel);
        string body = await server.PostTextAsync("/v1/chat/completions", stream ? ChatStream : Chat);
        Assert.Contains("\"finish_reason\":\"length\"", body, StringComparison.Ordinal);
        Assert.Contains("\"completion_tokens\":40", body, StringComparison.Ordinal);
        Assert.Equal(stream, body.Contains("data: [DONE]", StringComparison.Ordinal));
        (_, UsageFacts usage) = Assert.Single(server.Admission.Settled);
        Assert.Equal((40, RequestOutcome.LimitReached), (usage.Tokens.Completion, usage.Outcome));
    }

    [Fact]
    public async Task A_hold_on_the_model_ends_a_running_stream_with_the_reason()
    {
        await using GatewayServer server = await GatewayServer.StartAsync();
        server.Engine.Play = (_, cancel) => ScriptedEngine.SayThenHang("Hello", cancel);
        using HttpResponseMessage response = await server.OpenStreamAsync("/v1/chat/completions", ChatStream, TestContext.Current.CancellationToken);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        string? line;
        while ((line = await reader.ReadLineAsync(TestContext.Current.CancellationToken)) is not null && !line.Contains("Hello", StringComparison.Ordinal))
        {
        }

        server.Entitlements.Change(EntitlementRefusal.OnHold, "The lab has put a safety hold on this model.");
        string rest = "";
        try
        {
            while ((line = await reader.ReadLineAsync(TestContext.Current.CancellationToken)) is not null)
            {
                rest += line;
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            rest += "BROKEN"; // a clean end would look like success
        }

        Assert.Contains("The lab has put a safety hold on this model.", rest, StringComparison.Ordinal);
        Assert.Contains("model_on_hold", rest, StringComparison.Ordinal);
        Assert.EndsWith("BROKEN", rest, StringComparison.Ordinal);
        UsageFacts usage = await server.Admission.FirstSettled.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal((1, RequestOutcome.Revoked), (usage.Tokens.Completion, usage.Outcome));
    }

    [Fact]
    public async Task A_change_that_leaves_the_licence_standing_ends_nothing()
    {
        await using GatewayServer server = await GatewayServer.StartAsync();
        var go = new TaskCompletionSource();
        server.Engine.Play = (request, _) => SayAfter(request, go.Task);
        Task<string> answer = server.PostTextAsync("/v1/chat/completions", Chat);
        while (server.Engine.Requests.IsEmpty)
        {
            await Task.Yield();
        }

        server.Entitlements.Change(null);
        go.SetResult();
        Assert.Contains("\"finish_reason\":\"stop\"", await answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_caller_who_goes_away_is_charged_exactly_what_was_generated()
    {
        await using GatewayServer server = await GatewayServer.StartAsync();
        server.Engine.Play = (_, cancel) => ScriptedEngine.SayThenHang("Hello", cancel);
        using (HttpResponseMessage response = await server.OpenStreamAsync("/v1/chat/completions", ChatStream, TestContext.Current.CancellationToken))
        {
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
            while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { } line && !line.Contains("Hello", StringComparison.Ordinal))
            {
            }
        }

        UsageFacts usage = await server.Admission.FirstSettled.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal((1, RequestOutcome.Cancelled), (usage.Tokens.Completion, usage.Outcome));
    }

    [Fact]
    public async Task An_engine_that_refuses_or_fails_charges_nothing()
    {
        await using GatewayServer server = await GatewayServer.StartAsync();
        server.Engine.Play = (_, _) => ScriptedEngine.Throw(new EngineRefusedException(EngineRefusal.QueueFull, "full"));
        using HttpResponseMessage response = await server.PostAsync("/v1/chat/completions", Chat);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        (_, UsageFacts usage) = Assert.Single(server.Admission.Settled);
        Assert.Equal((default, RequestOutcome.Failed), (usage.Tokens, usage.Outcome));
    }

    [Fact]
    public async Task An_answer_ends_when_money_cannot_be_asked_any_more()
    {
        await using GatewayServer server = await GatewayServer.StartAsync();
        server.Admission.ReportFailure = new IOException("the disk is gone");
        server.Engine.Play = (_, cancel) => SayFor(int.MaxValue, cancel);
        string body = await server.PostTextAsync("/v1/chat/completions", Chat);
        using JsonDocument error = JsonDocument.Parse(body);
        Assert.Equal("admission_unavailable", error.RootElement.GetProperty("error").GetProperty("code").GetString());
        Assert.DoesNotContain("disk", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_can_be_asked_about_by_its_own_project_and_no_other()
    {
        await using GatewayServer server = await GatewayServer.StartAsync();
        using HttpResponseMessage response = await server.PostAsync("/v1/chat/completions", Chat);
        string id = response.Headers.GetValues("x-lazuli-usage-id").Single();
        string own = await server.Client.GetStringAsync(new Uri($"/v1/usage/{id}", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Contains("\"prompt_tokens\":7,\"cached_tokens\":2,\"completion_tokens\":3", own, StringComparison.Ordinal);
        Assert.Contains("\"charge\":{\"value\":\"1.2345\",\"currency\":\"EUR\"}", own, StringComparison.Ordinal);
        Assert.Contains("\"event\":\"node/1/7\"", own, StringComparison.Ordinal);

        CreatedApiKey other = await server.App.Services.GetRequiredService<IApiKeyStore>().CreateAsync("other", "elsewhere", TestContext.Current.CancellationToken);
        foreach ((string key, string asked) in new[] { (other.Key, id), (server.Key, Guid.NewGuid().ToString()), (server.Key, "no-id") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/usage/{asked}");
            request.Headers.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", key);
            using HttpResponseMessage refused = await server.Client.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
            Assert.Contains("No settled request of this key's project", (await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Replace("\\u0027", "'", StringComparison.Ordinal), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Vectors_are_metered_too()
    {
        await using GatewayServer server = await GatewayServer.StartAsync();
        await server.PostTextAsync("/v1/embeddings", """{"model":"tiny","input":["a b","c"]}""");
        Assert.Equal((3, 0), (Assert.Single(server.Admission.Asked).PromptTokens, server.Admission.Asked.Single().MaxNewTokens));
        Assert.Equal(new ChargedTokens(6, 1, 0), Assert.Single(server.Admission.Settled).Usage.Tokens);
    }

    private static async IAsyncEnumerable<GenerationEvent> SayFor(int pieces, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (int i = 0; i < pieces; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return new GenerationEvent.TextDelta(0, "x ");
            await Task.Yield();
        }

        await Task.Delay(Timeout.Infinite, cancellationToken);
    }

    private static async IAsyncEnumerable<GenerationEvent> SayAfter(GenerationRequest request, Task go)
    {
        await go;
        await foreach (GenerationEvent next in ScriptedEngine.Say(request, ["Hello"]))
        {
            yield return next;
        }
    }
}
