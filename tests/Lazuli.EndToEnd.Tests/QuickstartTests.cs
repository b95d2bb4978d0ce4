using System.ClientModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using OpenAI;
using OpenAI.Chat;

namespace Lazuli.EndToEnd.Tests;

/// <summary>The product's first minutes, on a small corpus of documentation made here.</summary>
public sealed partial class QuickstartTests : IDisposable
{
    private readonly LazuliProgram _lazuli = new();

    [Fact]
    public async Task Quickstart_trains_judges_and_serves_and_a_second_run_serves_at_once()
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        string corpus = SmallDocumentation.Write(_lazuli.Home);
        using Process first = _lazuli.Start("quickstart", "--minutes", "0.5", "--corpus", corpus, "--port", "0");
        (string page, string talk) = await ReadPageAsync(first, cancel);
        Assert.Contains("held out by declaring type", talk, StringComparison.Ordinal);
        Assert.Matches(@"this model\s+\d+\.\d{3}\s+\d+\.\d{3}\s+\d+\.\d", page);
        Assert.Matches(@"untrained model\s+\d+\.\d{3}\s+\d+\.\d{3}\s+\d+\.\d", page);
        Assert.Matches(@"most frequent summary\s+-\s+-\s+\d+\.\d", page);
        Assert.Matches(@"summary of the nearest name\s+-\s+-\s+\d+\.\d", page);
        Assert.Contains("petaflop/s-days", page, StringComparison.Ordinal);
        Assert.Matches(@"Your run: \d\.\d+e-\d+ petaflop/s-days; AlexNet \(2012\) took [\d,.]+( million| billion)? times more", page);
        Assert.True(new FileInfo(ChartPattern().Match(page).Groups["path"].Value).Length > 10_000);
        Match allowed = AllowedPattern().Match(page);
        Assert.True(allowed.Success, page + talk);
        Assert.Matches("Refused:  403 in a project of another field: .*(documentation|trading)", page);
        Match invoiced = InvoicePattern().Match(page);
        decimal charge = decimal.Parse(allowed.Groups["charge"].Value, CultureInfo.InvariantCulture);
        Assert.True(charge > 0);
        Assert.InRange(decimal.Parse(invoiced.Groups["total"].Value, CultureInfo.InvariantCulture) - charge, -0.01m, 0.01m); // two lines, each rounded once
        LazuliProgram.Finished shown = await _lazuli.RunAsync("usage", "show", allowed.Groups["id"].Value);
        Assert.Contains("Completed", shown.Output + shown.Errors, StringComparison.OrdinalIgnoreCase);
        LazuliProgram.Finished exported = await _lazuli.RunAsync("invoice", "export", invoiced.Groups["id"].Value, "--format", "csv");
        Assert.True(exported.ExitCode == 0, exported.Errors);
        Assert.Contains("quickstart", exported.Output, StringComparison.Ordinal);
        string url = UrlPattern().Match(page).Value;
        string key = KeyPattern().Match(page).Value;
        await CallAsync(url, key, cancel);
        await RunPrintedCurlAsync(page, cancel);
        Assert.Equal(0, await LazuliProgram.TerminateAsync(first));

        LazuliProgram.Finished listed = await _lazuli.RunAsync("model", "list");
        Assert.Contains("quickstart", listed.Output, StringComparison.Ordinal);
        using Process second = _lazuli.Start("quickstart", "--port", "0");
        (string again, string said) = await ReadPageAsync(second, cancel);
        Assert.Contains("is there already", said, StringComparison.Ordinal);
        Assert.DoesNotContain("Allowed:", again, StringComparison.Ordinal);
        Assert.DoesNotContain("lzk_", again, StringComparison.Ordinal);
        await CallAsync(UrlPattern().Match(again).Value, key, cancel);

        LazuliProgram.Finished other = await _lazuli.RunAsync("serve", "--port", "0");
        Assert.Equal(4, other.ExitCode);
        Assert.Contains(second.Id.ToString(CultureInfo.InvariantCulture), other.Errors, StringComparison.Ordinal);
        Assert.Equal(0, await LazuliProgram.TerminateAsync(second));
    }

    [Fact]
    public async Task A_port_in_use_is_one_clear_error()
    {
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        int port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port;
        string recipe = Path.Combine(AppContext.BaseDirectory, "recipes", "tiny.yaml");
        LazuliProgram.Finished trained = await _lazuli.RunAsync("train", recipe, "--set", "duration.steps=2", "--set", $"data.corpus=[{SmallDocumentation.Write(_lazuli.Home)}]");
        Assert.True(trained.ExitCode == 0, trained.Errors);
        LazuliProgram.Finished served = await _lazuli.RunAsync("serve", "--port", port.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(4, served.ExitCode);
        Assert.Contains(port.ToString(CultureInfo.InvariantCulture), served.Errors, StringComparison.Ordinal);
        Assert.Contains("in use", served.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_files_are_a_corpus_too_and_an_exported_model_generates_the_same()
    {
        string texts = Path.Combine(_lazuli.Home, "texts");
        Directory.CreateDirectory(texts);
        for (int i = 0; i < 20; i++)
        {
            await File.WriteAllTextAsync(Path.Combine(texts, $"{i}.md"), string.Join('\n', Enumerable.Range(0, 40).Select(n => $"Line {n} of text {i} says that {n} and {i} make {n + i}.")), TestContext.Current.CancellationToken);
        }

        string recipe = Path.Combine(AppContext.BaseDirectory, "recipes", "tiny.yaml");
        LazuliProgram.Finished trained = await _lazuli.RunAsync("train", recipe, "--set", "duration.steps=10", "--set", $"data.corpus=[{texts}]");
        Assert.True(trained.ExitCode == 0, trained.Errors);
        string folder = Path.Combine(_lazuli.Home, "exported");
        Assert.Equal(0, (await _lazuli.RunAsync("model", "export", "tiny", "--format", "hf", "--output", folder)).ExitCode);
        LazuliProgram.Finished own = await _lazuli.RunAsync("generate", "tiny", "Line 3 of", "--text", "--max-tokens", "12");
        LazuliProgram.Finished exported = await _lazuli.RunAsync("generate", folder, "Line 3 of", "--text", "--max-tokens", "12");
        Assert.True(own.ExitCode == 0, own.Errors);
        Assert.Equal(own.Output, exported.Output);
        string gguf = Path.Combine(_lazuli.Home, "tiny.gguf");
        Assert.Equal(0, (await _lazuli.RunAsync("model", "export", "tiny", "--format", "gguf", "--type", "f32", "--output", gguf)).ExitCode);
        Assert.Equal("GGUF"u8.ToArray(), (await File.ReadAllBytesAsync(gguf, TestContext.Current.CancellationToken))[..4]);
        LazuliProgram.Finished twice = await _lazuli.RunAsync("model", "export", "tiny", "--format", "gguf", "--output", gguf);
        Assert.Equal(2, twice.ExitCode);
    }

    public void Dispose() => _lazuli.Dispose();

    private static async Task CallAsync(string url, string key, CancellationToken cancel)
    {
        var client = new ChatClient("quickstart", new ApiKeyCredential(key), new OpenAIClientOptions { Endpoint = new Uri(url) });
        ChatCompletion whole = await client.CompleteChatAsync([new UserChatMessage("What does Shop.Basket1.GetTotal do?")], new ChatCompletionOptions { Temperature = 0, MaxOutputTokenCount = 24 }, cancel);
        var streamed = new StringBuilder();
        await foreach (StreamingChatCompletionUpdate update in client.CompleteChatStreamingAsync([new UserChatMessage("What does Shop.Basket1.GetTotal do?")], new ChatCompletionOptions { Temperature = 0, MaxOutputTokenCount = 24 }, cancel))
        {
            foreach (ChatMessageContentPart part in update.ContentUpdate)
            {
                streamed.Append(part.Text);
            }
        }

        Assert.InRange(whole.Usage.OutputTokenCount, 1, 24);
        Assert.Equal(string.Concat(whole.Content.Select(c => c.Text)), streamed.ToString());
    }

    /// <summary>The page's curl line, as it stands.</summary>
    private static async Task RunPrintedCurlAsync(string page, CancellationToken cancel)
    {
        if (!File.Exists("/usr/bin/curl"))
        {
            return; // ./test --install installs it
        }

        string line = CurlPattern().Match(page).Value;
        var start = new ProcessStartInfo("sh", ["-c", line]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process curl = Process.Start(start)!;
        Task<string> talk = curl.StandardError.ReadToEndAsync(cancel);
        string answer = await curl.StandardOutput.ReadToEndAsync(cancel);
        await curl.WaitForExitAsync(cancel);
        Assert.True(curl.ExitCode == 0, $"{line}\n{await talk}");
        Assert.Contains("\"chat.completion\"", answer, StringComparison.Ordinal);
    }

    /// <summary>Reads standard output up to the page's last line, and what was said on standard error.</summary>
    private static async Task<(string Page, string Talk)> ReadPageAsync(Process process, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(TimeSpan.FromMinutes(6));
        var talk = new StringBuilder();
        process.ErrorDataReceived += (_, line) =>
        {
            lock (talk)
            {
                talk.AppendLine(line.Data);
            }
        };
        process.BeginErrorReadLine();
        var page = new StringBuilder();
        while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            page.AppendLine(line);
            if (line.StartsWith("Export:", StringComparison.Ordinal))
            {
                break;
            }
        }

        lock (talk)
        {
            return (page.ToString(), talk.ToString());
        }
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+/v1")]
    private static partial Regex UrlPattern();

    [GeneratedRegex(@"curl .*?'\{.*?\}'", RegexOptions.Singleline)]
    private static partial Regex CurlPattern();

    [GeneratedRegex(@"Chart: +(?<path>/.*\.png)")]
    private static partial Regex ChartPattern();

    [GeneratedRegex(@"Allowed:  sample-customer under its licence: \d+ prompt and \d+ generated tokens, (?<charge>[\d.]+) EUR   \(./lazuli usage show (?<id>[0-9a-f-]{36})\)")]
    private static partial Regex AllowedPattern();

    [GeneratedRegex(@"Invoice:  lab to sample-customer, this month until now: (?<total>[\d.]+) EUR, a draft   \(./lazuli invoice export (?<id>\S+) ")]
    private static partial Regex InvoicePattern();

    [GeneratedRegex("lzk_[0-9A-Za-z]+")]
    private static partial Regex KeyPattern();
}
