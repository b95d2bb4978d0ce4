using System.Diagnostics;
using System.Text.Json;
using Lazuli.Testing;

namespace Lazuli.EndToEnd.Tests;

/// <summary>A party that is told of its licences and invoices, by the program as a user runs it.</summary>
public sealed class WebhookTests : IAsyncLifetime
{
    private readonly LazuliProgram _lazuli = new();
    private WebhookReceiver _receiver = null!;
    private Process? _server;

    [Fact]
    public async Task Events_of_before_a_server_ran_are_delivered_and_one_that_a_kill_cut_off_comes_again_under_its_id()
    {
        _lazuli.Environment["LAZULI__Webhooks__AllowLoopback"] = "true";
        _lazuli.Environment["LAZULI__Webhooks__PollInterval"] = "00:00:00.05";
        await DoneAsync("train", Path.Combine(AppContext.BaseDirectory, "recipes", "tiny.yaml"), "--set", "duration.steps=2", "--name", "toy");
        await DoneAsync("party", "add", "acme", "--kind", "customer");
        await DoneAsync("party", "add", "rival", "--kind", "customer");
        string secret = (await DoneAsync("webhook", "add", _receiver.Url, "--party", "acme", "--type", "grant.*")).Trim();
        string endpoint = (await JsonAsync("webhook", "list", "--json"))[0].GetProperty("id").GetString()!;
        await DoneAsync("webhook", "test", endpoint);
        Assert.True(Assert.Single(_receiver.All).IsSignedWith(secret));
        await OfferAsync("acme");
        await OfferAsync("rival");
        Assert.Single(_receiver.All); // written down, and nobody runs who would send it

        var arrived = new TaskCompletionSource();
        _receiver.Answer = (context, _) =>
        {
            arrived.TrySetResult();
            return Task.Delay(Timeout.Infinite, context.RequestAborted);
        };
        await ServeAsync();
        await arrived.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        _server!.Kill();
        await _server.WaitForExitAsync(TestContext.Current.CancellationToken);
        _receiver.Answer = (_, _) => Task.CompletedTask;
        await ServeAsync();
        while (_receiver.All.Count < 3)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        WebhookReceiver.Received[] offers = [.. _receiver.All.Skip(1)];
        Assert.Equal(offers[0].Id, offers[1].Id);
        Assert.All(offers, offer => Assert.True(offer.IsSignedWith(secret)));
        Assert.Contains("\"type\":\"grant.offered\"", offers[0].Text, StringComparison.Ordinal);
        Assert.DoesNotContain("rival", string.Concat(_receiver.All.Select(received => received.Text)), StringComparison.Ordinal);
        JsonElement delivery = await DeliveredAsync(endpoint);
        Assert.Equal(1, delivery.GetProperty("tries").GetInt32());

        string rotated = (await DoneAsync("webhook", "rotate", endpoint, "--overlap-hours", "0")).Trim();
        await DoneAsync("webhook", "replay", endpoint, delivery.GetProperty("id").GetString()!);
        while (_receiver.All.Count < 4)
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        Assert.True(_receiver.All.Last().IsSignedWith(rotated));
        Assert.False(_receiver.All.Last().IsSignedWith(secret));
        Assert.Equal(offers[0].Id, _receiver.All.Last().Id);
        Assert.Contains("delivered", await DoneAsync("webhook", "deliveries", endpoint, "--state", "delivered"), StringComparison.Ordinal);
        await DoneAsync("webhook", "remove", endpoint);
        Assert.Equal(0, (await JsonAsync("webhook", "list", "--json")).GetArrayLength());
        Assert.DoesNotContain(secret["whsec_".Length..], await DoneAsync("audit", "list", "--json"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/", "https")]
    [InlineData("https://169.254.169.254/", "never")]
    [InlineData("https://10.0.0.1/", "private")]
    public async Task An_endpoint_inside_is_refused_as_settings_are(string url, string said)
    {
        await DoneAsync("party", "add", "acme", "--kind", "customer");
        LazuliProgram.Finished refused = await _lazuli.RunAsync("webhook", "add", url, "--party", "acme");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains(said, refused.Errors, StringComparison.Ordinal);
    }

    public async ValueTask InitializeAsync() => _receiver = await WebhookReceiver.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_server is { HasExited: false })
        {
            await LazuliProgram.TerminateAsync(_server);
        }

        _server?.Dispose();
        _lazuli.Dispose();
        await _receiver.DisposeAsync();
    }

    private async Task<JsonElement> DeliveredAsync(string endpoint)
    {
        while (true)
        {
            JsonElement delivery = (await JsonAsync("webhook", "deliveries", endpoint, "--json"))[0];
            if (delivery.GetProperty("state").GetString() == "delivered")
            {
                return delivery;
            }
        }
    }

    private async Task OfferAsync(string licensee)
    {
        string file = Path.Combine(_lazuli.Home, licensee + "-offer.json");
        await File.WriteAllTextAsync(
            file,
            $$$"""{"licensor":"lab","licensee":"{{{licensee}}}","terms":{"models":["toy"],"assets":"weights","rights":"use","from":"2026-01-01T00:00:00Z"}}""",
            TestContext.Current.CancellationToken);
        await DoneAsync("grant", "offer", file);
    }

    private async Task ServeAsync()
    {
        _server?.Dispose();
        _server = _lazuli.Start("serve", "toy", "--port", "0");
        string? line = await _server.StandardError.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.Contains("Serving", line, StringComparison.Ordinal);
    }

    private async Task<JsonElement> JsonAsync(params string[] words)
    {
        using JsonDocument document = JsonDocument.Parse(await DoneAsync(words));
        return document.RootElement.Clone();
    }

    private async Task<string> DoneAsync(params string[] words)
    {
        LazuliProgram.Finished finished = await _lazuli.RunAsync(words);
        Assert.True(finished.ExitCode == 0, $"lazuli {string.Join(' ', words)}: {finished.ExitCode}\n{finished.Errors}");
        return finished.Output;
    }
}
