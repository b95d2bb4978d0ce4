using System.Net;
using System.Runtime.CompilerServices;
using Lazuli.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Lazuli.Gateway.Tests;

public sealed class DrainTests
{
    private const string Ask = """{"model":"tiny","messages":[{"role":"user","content":"Hi"}],"stream":true}""";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_running_stream_finishes_while_new_requests_are_sent_away()
    {
        await using GatewayServer server = await GatewayServer.StartAsync();
        var go = new TaskCompletionSource();
        server.Engine.Play = (request, token) => HalfThenWait(go.Task, request, token);
        using HttpResponseMessage response = await server.OpenStreamAsync("/v1/chat/completions", Ask);

        Task stopping = server.App.StopAsync();
        using HttpResponseMessage ready = await server.Client.GetAsync(new Uri("/health/ready", UriKind.Relative));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Equal("""{"status":"draining"}""", await ready.Content.ReadAsStringAsync());
        using HttpResponseMessage live = await server.Client.GetAsync(new Uri("/health/live", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        using HttpResponseMessage refused = await server.PostAsync("/v1/chat/completions", Ask);
        await BadRequestTests.AssertErrorAsync(refused, 503, "service_unavailable_error", null, "server_shutting_down");
        Assert.Equal("5", refused.Headers.GetValues("Retry-After").Single());
        Assert.False(stopping.IsCompleted);

        go.SetResult();
        string body = await response.Content.ReadAsStringAsync();
        Assert.EndsWith("data: [DONE]\n\n", body, StringComparison.Ordinal);
        await stopping.WaitAsync(s_patience);
        await Assert.ThrowsAsync<HttpRequestException>(() => server.PostAsync("/v1/chat/completions", Ask));
    }

    [Fact]
    public async Task A_stream_that_outlives_the_drain_is_ended_with_the_reason()
    {
        await using GatewayServer server = await GatewayServer.StartAsync(options => options.DrainTimeout = TimeSpan.FromMilliseconds(50));
        server.Engine.Play = (_, token) => ScriptedEngine.SayThenHang("early", token);
        using HttpResponseMessage response = await server.OpenStreamAsync("/v1/chat/completions", Ask);
        Task stopping = server.App.StopAsync();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        string? line;
        do
        {
            line = await reader.ReadLineAsync();
        }
        while (line is not null && !line.Contains("\"error\"", StringComparison.Ordinal));

        Assert.Contains("server_shutting_down", line, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<IOException>(() => reader.ReadToEndAsync());
        await server.Engine.Ended.Task.WaitAsync(s_patience);
        await stopping.WaitAsync(s_patience);
    }

    [Fact]
    public async Task A_whole_answer_that_outlives_the_drain_is_a_503()
    {
        await using GatewayServer server = await GatewayServer.StartAsync(options => options.DrainTimeout = TimeSpan.FromMilliseconds(50));
        var started = new TaskCompletionSource();
        server.Engine.Play = (_, token) =>
        {
            started.SetResult();
            return ScriptedEngine.SayThenHang("early", token);
        };
        Task<HttpResponseMessage> asking = server.PostAsync("/v1/chat/completions", Ask.Replace(",\"stream\":true", "", StringComparison.Ordinal));
        await started.Task.WaitAsync(s_patience);
        Task stopping = server.App.StopAsync();
        using HttpResponseMessage response = await asking;
        await BadRequestTests.AssertErrorAsync(response, 503, "service_unavailable_error", null, "server_shutting_down");
        await stopping.WaitAsync(s_patience);
    }

    [Fact]
    public async Task An_idle_server_stops_at_once()
    {
        await using GatewayServer server = await GatewayServer.StartAsync(options => options.DrainTimeout = TimeSpan.FromHours(1));
        await server.App.StopAsync().WaitAsync(s_patience);
    }

    [Fact]
    public async Task The_host_waits_longer_than_the_drain()
    {
        await using GatewayServer server = await GatewayServer.StartAsync(options => options.DrainTimeout = TimeSpan.FromMinutes(3));
        Assert.True(server.App.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout > TimeSpan.FromMinutes(3));
    }

    [Fact]
    public async Task Bad_settings_stop_the_start_and_are_all_named()
    {
        OptionsValidationException refused = await Assert.ThrowsAsync<OptionsValidationException>(() => GatewayServer.StartAsync(options =>
        {
            options.MaxRequestBodyBytes = 1;
            options.DrainTimeout = TimeSpan.FromDays(1);
        }));
        Assert.Contains(refused.Failures, failure => failure.Contains("MaxRequestBodyBytes", StringComparison.Ordinal));
        Assert.Contains(refused.Failures, failure => failure.Contains("DrainTimeout", StringComparison.Ordinal));
    }

    private static async IAsyncEnumerable<GenerationEvent> HalfThenWait(Task go, GenerationRequest request, [EnumeratorCancellation] CancellationToken token)
    {
        yield return new GenerationEvent.TextDelta(0, "half");
        await go.WaitAsync(token);
        await foreach (GenerationEvent next in ScriptedEngine.Say(request, [" and whole"]))
        {
            yield return next;
        }
    }
}
