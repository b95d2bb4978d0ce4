using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Lazuli.EndToEnd.Tests;

/// <summary>Two parties train a model together, it is sold, and each gets its part.</summary>
public sealed partial class JointModelTests : IDisposable
{
    private const string Chain = """
        {"licensor":"orion","licensee":"acme","terms":{"models":["aria"],"assets":"api","rights":"use","from":"2026-01-01T00:00:00Z"}}
        """;

    private const string Prices = """
        {"plan":"aria-standard","currency":"EUR","rates":[{"model":"*","meter":"input","scheme":"perUnit","price":"0.37"},{"model":"*","meter":"output","scheme":"perUnit","price":"1.13"}]}
        """;

    private readonly LazuliProgram _lazuli = new() { Environment = { ["LAZULI__Admission__IntervalSeconds"] = "1" } };

    [Fact]
    public async Task A_model_of_two_owners_is_sold_and_its_income_divided_to_the_cent()
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        await DoneAsync("party", "add", "orion", "--kind", "lab");
        await DoneAsync("party", "add", "vega", "--kind", "lab");
        await DoneAsync("party", "add", "acme", "--kind", "customer");
        await DoneAsync("party", "project", "joint", "--owner", "orion=60", "--owner", "vega=40");
        await DoneAsync("party", "project", "desk", "--owner", "acme");

        string[] train = ["train", Path.Combine(AppContext.BaseDirectory, "recipes", "tiny.yaml"), "--set", "duration.steps=2", "--set", $"data.corpus=[{SmallDocumentation.Write(_lazuli.Home)}]", "--name", "aria"];
        await DoneAsync([.. train, "--project", "joint"]);
        Assert.Contains("orion 60 %, vega 40 % (inherited from the project joint)", await DoneAsync("model", "show", "aria"), StringComparison.Ordinal);
        LazuliProgram.Finished taken = await _lazuli.RunAsync([.. train, "--set", "seed=2", "--project", "default"]);
        Assert.Equal(3, taken.ExitCode);
        Assert.Contains("belongs to orion 60 %, vega 40 %", taken.Errors, StringComparison.Ordinal);

        string grant = (await DoneAsync("grant", "offer", await FileAsync("grant.json", Chain))).Trim();
        await DoneAsync("grant", "sign", grant);
        Assert.Equal(3, (await _lazuli.RunAsync("model", "stage", "aria", "commercial")).ExitCode); // one step at a time
        foreach (string stage in new[] { "assessors", "preview-partners", "commercial" })
        {
            await DoneAsync("model", "stage", "aria", stage);
        }

        await DoneAsync("price", "publish", await FileAsync("prices.json", Prices), "--seller", "orion");
        await DoneAsync("price", "assign", "aria-standard@1", "--grant", grant);
        string key = (await DoneAsync("key", "create", "desk", "--project", "desk")).Trim();
        DateTimeOffset from = DateTimeOffset.UtcNow;
        await SellAsync(key, cancel);
        DateTimeOffset until = DateTimeOffset.UtcNow.AddSeconds(2);
        await Task.Delay(TimeSpan.FromSeconds(3), cancel);

        string[] period = ["--currency", "EUR", "--from", Second(from), "--until", Second(until)];
        string invoice = (await DoneAsync(["invoice", "draft", "--issuer", "orion", "--customer", "acme", .. period, "--cutoff", Second(until)])).Trim();
        await DoneAsync("invoice", "finalise", invoice);
        using JsonDocument sold = JsonDocument.Parse(await DoneAsync("invoice", "export", invoice, "--format", "json"));
        using JsonDocument shared = JsonDocument.Parse(await DoneAsync(["invoice", "royalty", "--licensor", "vega", "--licensee", "orion", .. period, "--json"]));
        long net = Nanos(sold.RootElement, "netNanos") / 10_000_000;
        long share = Nanos(shared.RootElement, "totalNanos") / 10_000_000;
        Assert.True(net > 0);
        Assert.Equal((long)Math.Round(net * 0.4m), share); // a fifth of a cent is never half of one
        string balances = await DoneAsync("ledger", "balances");
        Assert.Contains(Units(share), Line(balances, "earnings:vega"), StringComparison.Ordinal);
        Assert.Contains(Units(net), Line(balances, "earnings:orion"), StringComparison.Ordinal);
        Assert.Equal((long)Math.Round(net * 0.6m), net - share); // the lead keeps the rest, which is its own part
        await DoneAsync("ledger", "verify");
    }

    public void Dispose() => _lazuli.Dispose();

    private async Task SellAsync(string key, CancellationToken cancel)
    {
        using Process server = _lazuli.Start("serve", "aria", "--port", "0");
        string said = "";
        while (!UrlPattern().IsMatch(said))
        {
            said = await server.StandardError.ReadLineAsync(cancel) ?? throw new InvalidOperationException("The server ended.");
        }

        using var client = new HttpClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        for (int tokens = 3; tokens <= 5; tokens++)
        {
            using var body = new StringContent($$"""{"model":"aria","prompt":"What does it do?","max_tokens":{{tokens.ToString(CultureInfo.InvariantCulture)}}}""", Encoding.UTF8, "application/json");
            using HttpResponseMessage answer = await client.PostAsync(new Uri(UrlPattern().Match(said).Value + "/v1/completions"), body, cancel);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(cancel));
        }

        // The customer reads its own costs, and they are what the invoice will say.
        string costs = await client.GetStringAsync(new Uri(UrlPattern().Match(said).Value + $"/v1/organization/costs?start_time={DateTimeOffset.UtcNow.ToUnixTimeSeconds()}&group_by=line_item"), cancel);
        Assert.Contains("\"line_item\":\"aria, output\"", costs, StringComparison.Ordinal);
        Assert.Equal(0, await LazuliProgram.TerminateAsync(server));
    }

    private async Task<string> DoneAsync(params string[] command)
    {
        LazuliProgram.Finished finished = await _lazuli.RunAsync(command);
        Assert.True(finished.ExitCode == 0, $"{string.Join(' ', command)}: {finished.Errors}");
        return finished.Output;
    }

    private async Task<string> FileAsync(string name, string content)
    {
        string path = Path.Combine(_lazuli.Home, name);
        await File.WriteAllTextAsync(path, content);
        return path;
    }

    private static string Second(DateTimeOffset at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Units(long cents) => (cents / 100m).ToString("0.00", CultureInfo.InvariantCulture);

    private static string Line(string table, string account) => table.Split('\n').First(line => line.Contains(account, StringComparison.Ordinal));

    private static long Nanos(JsonElement root, string name) => Found(root, name) is { } found
        ? found.ValueKind == JsonValueKind.String ? long.Parse(found.GetString()!, CultureInfo.InvariantCulture) : found.GetInt64()
        : throw new InvalidOperationException($"{name} is not in {root}");

    private static JsonElement? Found(JsonElement element, string name) => element.ValueKind != JsonValueKind.Object ? null
        : element.TryGetProperty(name, out JsonElement here) ? here
        : element.EnumerateObject().Select(property => Found(property.Value, name)).FirstOrDefault(found => found is not null);

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex UrlPattern();
}
