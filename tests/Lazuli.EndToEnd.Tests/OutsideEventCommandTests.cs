using System.Globalization;

namespace Lazuli.EndToEnd.Tests;

/// <summary>Use that was metered elsewhere, brought in from a file.</summary>
public sealed class OutsideEventCommandTests : IDisposable
{
    private readonly LazuliProgram _lazuli = new();

    [Fact]
    public async Task Events_of_a_registered_source_are_counted_once_held_dropped_and_corrected()
    {
        await DoneAsync("party", "add", "acme", "--kind", "customer");
        await DoneAsync("party", "project", "support", "--owner", "acme");
        await DoneAsync("model", "owners", "tiny", "--owner", "acme");
        await DoneAsync("usage", "source", "add", "partner.node-1", "--party", "acme");
        string file = await FileAsync("events.jsonl", Event(1, 10) + "\n" + Event(2, 20) + "\n" + Event(4, 40) + "\n");
        string first = await DoneAsync("usage", "import", file, "--json");
        Assert.Equal(2, Count(first, "\"accepted\""));
        Assert.Contains("\"quarantined\"", first, StringComparison.Ordinal); // number 3 never came
        Assert.Equal(3, Count(await DoneAsync("usage", "import", file, "--json"), "\"duplicate\""));

        string waiting = await DoneAsync("usage", "quarantine", "list");
        Assert.Contains("partner.node-1", waiting, StringComparison.Ordinal);
        string id = waiting.Split('\n')[1].Split(' ')[0];
        await DoneAsync("usage", "quarantine", "release", id, "--reason", "the node lost number 3");
        await DoneAsync("usage", "correct", "partner.node-1/2", "--completion", "5", "--reason", "blocked by moderation");
        Assert.NotEqual(0, (await _lazuli.RunAsync("usage", "correct", "partner.node-1/2", "--completion", "5", "--reason", "again")).ExitCode); // it says that already
        Assert.Contains("partner.node-1", await DoneAsync("usage", "source", "list"), StringComparison.Ordinal);
        await DoneAsync("usage", "source", "close", "partner.node-1");
        await DoneAsync("ledger", "verify");
        Assert.Contains("usage.correct", await DoneAsync("audit", "list"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("usage", "import", "missing.jsonl")]
    [InlineData("usage", "import", "broken.jsonl")]
    [InlineData("usage", "correct", "neither-form", "--void", "--reason", "x")]
    [InlineData("usage", "quarantine", "drop", "not-a-number", "--reason", "x")]
    public async Task Wrong_input_is_a_usage_error_that_says_what_is_wrong(params string[] words)
    {
        await FileAsync("broken.jsonl", """{"specversion":"1.0","id":""");
        LazuliProgram.Finished finished = await _lazuli.RunAsync(words);
        Assert.Equal(2, finished.ExitCode);
        Assert.StartsWith("lazuli: ", finished.Errors, StringComparison.Ordinal);
    }

    public void Dispose() => _lazuli.Dispose();

    private static string Event(int number, int completion) => string.Create(CultureInfo.InvariantCulture,
        $$$"""{"specversion":"1.0","type":"lazuli.usage.request","source":"partner.node-1","id":"{{{number}}}","time":"{{{DateTimeOffset.UtcNow.AddMinutes(-number):yyyy-MM-dd'T'HH:mm:00'Z'}}}","subject":"acme","priceversion":"internal@1","modeldigest":"sha256:00","data":{"project":"support","model":"tiny","outcome":"Completed","promptTokens":"100","completionTokens":"{{{completion}}}","currency":"EUR"}}""");

    private static int Count(string text, string part) => (text.Length - text.Replace(part, "", StringComparison.Ordinal).Length) / part.Length;

    private async Task<string> DoneAsync(params string[] words)
    {
        LazuliProgram.Finished finished = await _lazuli.RunAsync(words);
        Assert.True(finished.ExitCode == 0, $"lazuli {string.Join(' ', words)}\n{finished.Errors}");
        return finished.Output;
    }

    private async Task<string> FileAsync(string name, string text)
    {
        string path = Path.Combine(_lazuli.Home, name);
        await File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);
        return path;
    }
}
