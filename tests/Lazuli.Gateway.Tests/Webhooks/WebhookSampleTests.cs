using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Lazuli.Storage;
using Lazuli.Testing;
using static Lazuli.Gateway.Tests.WebhookWorld;

namespace Lazuli.Gateway.Tests;

/// <summary>The documentation's samples, over a real delivery.</summary>
public sealed partial class WebhookSampleTests
{
    private static readonly string s_page = File.ReadAllText(Path.Combine(Root(), "docs", "reference", "webhooks.md"));

    [Fact]
    public async Task The_documented_csharp_takes_a_delivery_and_nothing_that_was_changed()
    {
        string written = await File.ReadAllTextAsync(Path.Combine(Root(), "tests", "Lazuli.Gateway.Tests", "Webhooks", "WebhookVerification.cs"), TestContext.Current.CancellationToken);
        Assert.EndsWith(Block("csharp"), written, StringComparison.Ordinal); // what is documented is what runs here
        (WebhookReceiver.Received received, string secret, DateTimeOffset now) = await DeliverAsync();
        foreach (Variant variant in Variants(received, secret))
        {
            Assert.Equal(variant.IsGenuine, WebhookVerification.IsGenuine(variant.Secret, variant.Id, variant.Timestamp, variant.Signatures, System.Text.Encoding.UTF8.GetBytes(variant.Body), now));
        }
    }

    [Fact]
    public async Task The_documented_javascript_does_the_same()
    {
        string? node = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "node")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(node is null, "Node is not installed; the sample in docs/reference/webhooks.md is not run.");
        (WebhookReceiver.Received received, string secret, DateTimeOffset now) = await DeliverAsync();
        Variant[] variants = [.. Variants(received, secret)];
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["verify.mjs"], Block("js"), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            folder["run.mjs"],
            $$"""
            import { isGenuine } from "./verify.mjs";
            const variants = {{JsonSerializer.Serialize(variants)}};
            const now = {{now.ToUnixTimeSeconds()}};
            console.log(JSON.stringify(variants.map((v) => isGenuine(v.Secret, { "webhook-id": v.Id, "webhook-timestamp": v.Timestamp, "webhook-signature": v.Signatures }, Buffer.from(v.Body), now))));
            """,
            TestContext.Current.CancellationToken);
        var start = new ProcessStartInfo(node!, [folder["run.mjs"]]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await errors);
        Assert.Equal(variants.Select(variant => variant.IsGenuine), JsonSerializer.Deserialize<bool[]>(output)!);
    }

    [Fact]
    public void Every_type_of_event_and_every_setting_is_documented()
    {
        Assert.All(WebhookEventTypes.All.Keys, type => Assert.Contains($"`{type}`", s_page, StringComparison.Ordinal));
        Assert.All(typeof(WebhookOptions).GetProperties(), setting => Assert.Contains($"`Webhooks:{setting.Name}`", s_page, StringComparison.Ordinal));
    }

    private static async Task<(WebhookReceiver.Received, string Secret, DateTimeOffset Now)> DeliverAsync()
    {
        await using WebhookWorld world = await OpenAsync();
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync();
        WebhookWithSecret added = await world.AddAsync(Acme, receiver.Url);
        WebhookWithSecret rotated = await world.Register.RotateAsync(Lazuli.Contracts.Actor.Local, added.Endpoint.Id, TimeSpan.FromHours(1), default);
        await world.TellAsync("invoice.paid", new OutboxAudience(OutboxAudienceKind.Party, "acme"));
        await world.TurnAsync();
        Assert.NotEqual(added.Secret, rotated.Secret);
        return (Assert.Single(receiver.All), added.Secret, world.Time.GetUtcNow());
    }

    private static IEnumerable<Variant> Variants(WebhookReceiver.Received received, string secret)
    {
        string timestamp = received.Timestamp.ToString(CultureInfo.InvariantCulture);
        var genuine = new Variant(true, secret, received.Id, timestamp, received.Signature, received.Text);
        yield return genuine;
        yield return genuine with { IsGenuine = false, Secret = WebhookSecret.Generate().Reveal() };
        yield return genuine with { IsGenuine = false, Id = received.Id + "0" };
        yield return genuine with { IsGenuine = false, Body = received.Text + " " };
        yield return genuine with { IsGenuine = false, Timestamp = (received.Timestamp + 1).ToString(CultureInfo.InvariantCulture) };
        yield return genuine with { IsGenuine = false, Timestamp = (received.Timestamp - 301).ToString(CultureInfo.InvariantCulture) };
        yield return genuine with { IsGenuine = false, Timestamp = "soon" };
        yield return genuine with { IsGenuine = false, Signatures = received.Signature.Replace("v1,", "v2,", StringComparison.Ordinal) };
        yield return genuine with { IsGenuine = false, Signatures = "v1" };
        yield return genuine with { IsGenuine = false, Signatures = "" };
    }

    private static string Block(string language) => Regex.Match(s_page, $"```{language}\n(?<text>.*?)```", RegexOptions.Singleline, TimeSpan.FromSeconds(5)).Groups["text"].Value;

    private static string Root()
    {
        DirectoryInfo at = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "Lazuli.slnx")))
        {
            at = at.Parent ?? throw new InvalidOperationException("No Lazuli.slnx above the tests.");
        }

        return at.FullName;
    }

    private sealed record Variant(bool IsGenuine, string Secret, string Id, string Timestamp, string Signatures, string Body);
}
