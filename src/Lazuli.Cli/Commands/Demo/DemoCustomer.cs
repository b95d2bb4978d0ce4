using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Lazuli.Cli;

/// <summary>A customer's program: it calls the API with its key and nothing else.</summary>
internal sealed class DemoCustomer : IDisposable
{
    private readonly HttpClient _client;
    private readonly string _model;

    public DemoCustomer(Uri api, string key, string model)
    {
        _client = new HttpClient { BaseAddress = api, Timeout = TimeSpan.FromMinutes(2) };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        _model = model;
    }

    /// <summary>One call.</summary>
    public async Task<DemoCall> CallAsync(string prompt, int maxTokens, CancellationToken cancel)
    {
        using HttpResponseMessage response = await _client.PostAsJsonAsync("completions", Body(prompt, maxTokens, stream: false), cancel).ConfigureAwait(false);
        using JsonDocument body = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false), cancellationToken: cancel).ConfigureAwait(false);
        string usageId = response.Headers.TryGetValues("x-lazuli-usage-id", out IEnumerable<string>? ids) ? ids.First() : "";
        if (!response.IsSuccessStatusCode)
        {
            JsonElement error = body.RootElement.GetProperty("error");
            return new DemoCall((int)response.StatusCode, usageId, 0, 0, error.GetProperty("message").GetString()!);
        }

        JsonElement usage = body.RootElement.GetProperty("usage");
        return new DemoCall((int)response.StatusCode, usageId, usage.GetProperty("prompt_tokens").GetInt64(), usage.GetProperty("completion_tokens").GetInt64(), "");
    }

    /// <summary>Reads a stream until somebody ends it.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="maxTokens">The most tokens.</param>
    /// <param name="whenFlowing">Done once the first text has come.</param>
    /// <param name="cancel">Ends the reading.</param>
    /// <returns>What the last frame says, and how long after <paramref name="whenFlowing"/> it came.</returns>
    public async Task<(string LastWords, TimeSpan After)> ReadUntilEndedAsync(string prompt, int maxTokens, Func<Task> whenFlowing, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "completions") { Content = JsonContent.Create(Body(prompt, maxTokens, stream: true)) };
        using HttpResponseMessage response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false));
        string last = "";
        long started = 0;
        try
        {
            while (await reader.ReadLineAsync(cancel).ConfigureAwait(false) is { } line)
            {
                if (line.StartsWith("data: {", StringComparison.Ordinal))
                {
                    last = line["data: ".Length..];
                    if (started == 0)
                    {
                        started = Stopwatch.GetTimestamp();
                        await whenFlowing().ConfigureAwait(false);
                    }
                }
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            // The server breaks the line after its last words, so that no client takes half an answer for a whole one.
        }

        TimeSpan after = Stopwatch.GetElapsedTime(started);
        using JsonDocument frame = JsonDocument.Parse(last);
        return (frame.RootElement.TryGetProperty("error", out JsonElement error) ? error.GetProperty("message").GetString()! : "The stream went to its end.", after);
    }

    public void Dispose() => _client.Dispose();

    private object Body(string prompt, int maxTokens, bool stream) => new { model = _model, prompt, max_tokens = maxTokens, seed = 1, stream, logit_bias = new Dictionary<string, int> { ["2"] = -100 } }; // the end mark: random weights might end at once
}
