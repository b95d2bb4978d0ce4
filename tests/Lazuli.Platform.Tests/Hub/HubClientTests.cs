using System.Security.Cryptography;
using System.Text;
using Lazuli.Registry;
using Lazuli.Testing;
using Microsoft.AspNetCore.Http;

namespace Lazuli.Platform.Tests;

/// <summary>Fetching from an imitation of the hub that misbehaves in all the ways that networks and servers do.</summary>
public sealed class HubClientTests : IAsyncLifetime
{
    private const string Big = "model.safetensors";
    private readonly TemporaryFolder _folder = new();
    private readonly PromptTime _time = new();
    private HubImitation _hub = null!;
    private HubRepository _repository = null!;

    public async ValueTask InitializeAsync()
    {
        _hub = await HubImitation.StartAsync();
        _repository = _hub.Add("acme/tiny", (Big, Content(1_500_000)), ("config.json", Encoding.UTF8.GetBytes("{}")), ("tokenizer.json", Encoding.UTF8.GetBytes("{ }")));
        _repository.License = "apache-2.0";
    }

    public async ValueTask DisposeAsync()
    {
        await _hub.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Resolves_a_branch_to_its_commit_with_sizes_and_digests()
    {
        HubSnapshot snapshot = await FindAsync();
        Assert.Equal(_repository.Commit, snapshot.Commit);
        Assert.Equal("apache-2.0", snapshot.License);
        Assert.Equal(["config.json", Big, "tokenizer.json"], snapshot.Files.Select(f => f.Path));
        Assert.Equal(1_500_000, snapshot.Files[1].Bytes);
        Assert.Equal("sha256", snapshot.Files[1].Digest!.Value.Algorithm);
        Assert.Equal("git-sha1", snapshot.Files[0].Digest!.Value.Algorithm);
        Assert.Equal(snapshot.Commit, (await FindAsync("acme/tiny@" + _repository.Commit)).Commit);
    }

    [Fact]
    public async Task Fetches_small_files_from_the_hub_and_large_ones_from_where_it_points_and_the_token_stays_with_the_hub()
    {
        _repository.IsGated = true;
        var progress = new List<HubProgress>();
        IReadOnlyList<PulledFile> files = await FetchAllAsync(token: _hub.Token, progress: progress);
        Assert.Equal(_repository.Files.Values.Select(Sha256), files.Select(f => f.Sha256));
        Assert.All(files, f => Assert.Equal(_repository.Files[f.Path], File.ReadAllBytes(f.LocalPath)));
        Assert.All(_hub.Requests, r => Assert.Equal(r.IsContent ? null : "Bearer " + _hub.Token, r.Authorization));
        Assert.Contains(_hub.Requests, r => r.IsContent);
        Assert.Equal(new HubProgress(1_500_005, 1_500_005, 3, 3), progress[^1]);
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "*.part*"));
    }

    [Fact]
    public async Task Goes_on_where_the_connection_was_cut_and_waits_longer_each_time()
    {
        foreach (int cut in new[] { 400_000, 1_000, 1, 400_000 })
        {
            _hub.Cuts.Enqueue(cut);
        }

        PulledFile big = (await FetchAllAsync())[1];
        Assert.Equal(_repository.Files[Big], await File.ReadAllBytesAsync(big.LocalPath, TestContext.Current.CancellationToken));
        HubRequest[] content = [.. _hub.Requests.Where(r => r.IsContent)];
        Assert.Null(content[0].Range);
        Assert.All(content[1..], r => Assert.StartsWith("bytes=", r.Range, StringComparison.Ordinal));
        Assert.All(content[1..], r => Assert.StartsWith("\"content-", r.IfRange, StringComparison.Ordinal));
        Assert.Equal([0.5, 1, 2], _time.Waits.Take(3).Select(w => w.TotalSeconds));
    }

    [Fact]
    public async Task What_came_before_the_process_ended_is_not_fetched_again()
    {
        for (int i = 0; i < 20; i++)
        {
            _hub.Cuts.Enqueue(1_000);
        }

        HubException broken = await Assert.ThrowsAsync<HubException>(() => FetchAllAsync());
        Assert.Equal(HubFailure.Unreachable, broken.Failure);
        Assert.True(broken.IsTransient);
        Assert.Contains("goes on from there", broken.Message, StringComparison.Ordinal);
        string part = Directory.EnumerateFiles(_folder.Path, "*.part").Single();
        long kept = new FileInfo(part).Length;
        Assert.InRange(kept, 1, 20_000);
        _hub.Cuts.Clear();
        _hub.Requests.Clear();
        await FetchAllAsync();
        Assert.Equal($"bytes={kept}-", _hub.Requests.First(r => r.IsContent).Range);
        _hub.Requests.Clear();
        await FetchAllAsync();
        Assert.DoesNotContain(_hub.Requests, r => r.Path.Contains("resolve", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_rest_whose_tag_has_changed_is_thrown_away()
    {
        _hub.Cuts.Enqueue(700_000);
        int answers = 0;
        _hub.BeforeContent = async context =>
        {
            answers++;
            await HubImitation.SendAsync(context, _repository.Files[Big], $"\"tag-{Math.Min(answers, 2)}\"", _hub.Cuts.TryDequeue(out int cut) ? cut : 0);
            return true;
        };
        PulledFile big = (await FetchAllAsync())[1];
        Assert.Equal(_repository.Files[Big], await File.ReadAllBytesAsync(big.LocalPath, TestContext.Current.CancellationToken));
        Assert.Equal(["\"tag-1\""], _hub.Requests.Where(r => r.IsContent).Select(r => r.IfRange).OfType<string>());
    }

    [Fact]
    public async Task A_part_damaged_by_a_power_cut_is_fetched_once_more_in_one_piece()
    {
        string part = Path.Combine(_folder.Path, $"sha256-{_repository.TagOf(Big)}.part");
        await File.WriteAllBytesAsync(part, new byte[5_000], TestContext.Current.CancellationToken);
        PulledFile big = (await FetchAllAsync())[1];
        Assert.Equal(Sha256(_repository.Files[Big]), big.Sha256);
        Assert.Equal(["bytes=5000-", null], _hub.Requests.Where(r => r.IsContent).Select(r => r.Range));
    }

    [Fact]
    public async Task A_finished_file_that_the_disk_has_damaged_is_fetched_again()
    {
        PulledFile big = (await FetchAllAsync())[1];
        await File.WriteAllBytesAsync(big.LocalPath, new byte[1_500_000], TestContext.Current.CancellationToken);
        Assert.Equal(Sha256(_repository.Files[Big]), (await FetchAllAsync())[1].Sha256);
    }

    [Fact]
    public async Task Other_bytes_than_promised_are_refused_and_nothing_of_them_stays()
    {
        byte[] other = Content(1_500_000);
        other[1_234_567] ^= 1;
        _hub.BeforeContent = async context =>
        {
            await HubImitation.SendAsync(context, other, "\"x\"", cut: 0);
            return true;
        };
        await RefusedAsync(HubFailure.DigestMismatch, Big);
        Assert.DoesNotContain(Directory.EnumerateFiles(_folder.Path), f => new FileInfo(f).Length > 1_000);
        Assert.Single(_hub.Requests, r => r.IsContent);
    }

    [Fact]
    public async Task Small_files_are_checked_by_their_git_id()
    {
        _hub.BeforeHub = async context =>
        {
            if (!context.Request.Path.Value!.EndsWith("/config.json", StringComparison.Ordinal))
            {
                return false;
            }

            await HubImitation.SendAsync(context, "[]"u8.ToArray(), "\"none\"", cut: 0);
            return true;
        };
        await RefusedAsync(HubFailure.DigestMismatch, "config.json");
    }

    [Theory]
    [InlineData(1_499_999)]
    [InlineData(1_500_001)]
    [InlineData(0)]
    public async Task An_answer_of_another_length_than_listed_is_refused(int length)
    {
        _hub.BeforeContent = async context =>
        {
            await HubImitation.SendAsync(context, new byte[length], "\"x\"", cut: 0);
            return true;
        };
        await RefusedAsync(HubFailure.BadAnswer, "1500000 bytes");
    }

    [Fact]
    public async Task An_answer_without_a_length_that_does_not_end_is_stopped_at_the_listed_size()
    {
        _hub.BeforeContent = async context =>
        {
            for (int i = 0; i < 1_000 && !context.RequestAborted.IsCancellationRequested; i++)
            {
                await context.Response.Body.WriteAsync(new byte[10_000]);
            }

            return true;
        };
        await RefusedAsync(HubFailure.BadAnswer, "more than that");
    }

    [Theory]
    [InlineData("bytes 0-1499999/1500000")]
    [InlineData("bytes 700000-1499999/9")]
    [InlineData("bytes 700000-700010/1500000")]
    [InlineData("nonsense")]
    public async Task A_rest_from_another_place_than_asked_is_refused(string range)
    {
        _hub.Cuts.Enqueue(700_000);
        _hub.BeforeContent = async context =>
        {
            if (context.Request.Headers.Range.Count == 0)
            {
                return false;
            }

            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = range;
            await context.Response.Body.WriteAsync(new byte[10]);
            return true;
        };
        await RefusedAsync(HubFailure.BadAnswer, "the range");
    }

    [Fact]
    public async Task A_hub_that_lists_one_size_or_digest_and_serves_another_is_refused()
    {
        string header = "X-Linked-Size";
        string value = "17";
        _hub.BeforeHub = context =>
        {
            if (context.Request.Path.Value!.EndsWith(Big, StringComparison.Ordinal))
            {
                context.Response.Headers[header] = value;
                context.Response.Redirect(_hub.ContentEndpoint + "/acme/tiny/" + Big);
                return Task.FromResult(true);
            }

            return Task.FromResult(false);
        };
        await RefusedAsync(HubFailure.BadAnswer, "with size 17");
        (header, value) = ("X-Linked-Etag", $"\"{new string('0', 64)}\"");
        await RefusedAsync(HubFailure.BadAnswer, "with digest sha256:0000");
        (header, value) = ("X-Repo-Commit", new string('b', 40));
        await RefusedAsync(HubFailure.BadAnswer, "with commit bbbb");
        Assert.DoesNotContain(_hub.Requests, r => r.IsContent && r.Range is not null);
    }

    [Fact]
    public async Task Listings_without_sizes_and_digests_are_completed_from_the_headers_of_each_file()
    {
        _repository.ListsBlobs = false;
        IReadOnlyList<PulledFile> files = await FetchAllAsync();
        Assert.Equal(_repository.Files.Values.Select(Sha256), files.Select(f => f.Sha256));
        Assert.Equal(3, _hub.Requests.Count(r => r.Method == "HEAD"));
        Assert.DoesNotContain(_hub.Requests, r => r.IsContent && r.Method == "HEAD");
    }

    [Fact]
    public async Task Tells_apart_what_is_not_there_what_is_hidden_and_what_is_given_out_on_request()
    {
        await RefusedAsync(HubFailure.NotFound, "There is no repository acme/none", "acme/none");
        await RefusedAsync(HubFailure.NotFound, "no revision 'v9'", "acme/tiny@v9");
        _repository.IsPrivate = true;
        await RefusedAsync(HubFailure.NotFound, "set HF_TOKEN");
        await RefusedAsync(HubFailure.NotFound, "your token may not see it", token: "wrong");
        _repository.IsPrivate = false;
        _repository.IsGated = true;
        await RefusedAsync(HubFailure.Gated, "accept its conditions at " + _hub.Endpoint);
        await RefusedAsync(HubFailure.Gated, "has not been let in", token: "wrong");
        _hub.BeforeHub = context => AnswerAsync(context, 401);
        await RefusedAsync(HubFailure.NeedsToken, "does not accept your token", token: "wrong");
        _hub.BeforeHub = context => AnswerAsync(context, 403);
        await RefusedAsync(HubFailure.NeedsToken, "forbids");
        _hub.BeforeHub = context => AnswerAsync(context, 404);
        await RefusedAsync(HubFailure.NotFound, "There is no repository");
        _hub.BeforeHub = context => AnswerAsync(context, 418);
        await RefusedAsync(HubFailure.BadAnswer, "418");
    }

    [Fact]
    public async Task Passing_trouble_is_waited_out_and_lasting_trouble_is_told()
    {
        int failures = 0;
        _hub.BeforeHub = context =>
        {
            context.Response.Headers.RetryAfter = "7";
            return ++failures <= 2 ? AnswerAsync(context, failures == 1 ? 429 : 503) : Task.FromResult(false);
        };
        await FetchAllAsync();
        Assert.Equal([7, 7], _time.Waits.Take(2).Select(w => w.TotalSeconds));
        _hub.BeforeHub = context => AnswerAsync(context, 503);
        await RefusedAsync(HubFailure.Unreachable, "HTTP 503 from the hub");
    }

    [Fact]
    public async Task An_address_that_has_run_out_is_asked_for_again()
    {
        int answers = 0;
        _hub.BeforeContent = context => ++answers == 1 ? AnswerAsync(context, 403) : Task.FromResult(false);
        await FetchAllAsync();
        Assert.Equal(2, _hub.Requests.Count(r => r.Path.EndsWith("/resolve/" + _repository.Commit + "/" + Big, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Silence_counts_as_a_broken_connection()
    {
        int answers = 0;
        _hub.BeforeContent = async context =>
        {
            if (++answers > 1)
            {
                return false;
            }

            context.Response.ContentLength = 1_500_000;
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return true;
        };
        using var client = new HubClient(new HubSettings(_hub.Endpoint, null) { Stall = TimeSpan.FromMilliseconds(300), FirstWait = TimeSpan.FromMilliseconds(1) }, TimeProvider.System);
        HubSnapshot snapshot = await client.FindAsync(HubReference.Parse("acme/tiny"), TestContext.Current.CancellationToken);
        await client.FetchAsync(snapshot, snapshot.Files, _folder.Path, 0, null, TestContext.Current.CancellationToken);
        Assert.Equal(2, answers);
    }

    [Fact]
    public async Task Nobody_there_is_said_in_one_sentence()
    {
        string endpoint = _hub.Endpoint;
        await _hub.DisposeAsync();
        using var client = new HubClient(new HubSettings(endpoint, "hf_secret"), _time);
        HubException refused = await Assert.ThrowsAsync<HubException>(() => client.FindAsync(HubReference.Parse("acme/tiny"), TestContext.Current.CancellationToken));
        Assert.Equal(HubFailure.Unreachable, refused.Failure);
        Assert.Contains(endpoint, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hf_secret", refused.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/html", "<html>Sign in</html>", "a web page")]
    [InlineData("application/json", "<html>", "JSON")]
    [InlineData("application/json", "[]", "a JSON object")]
    [InlineData("application/json", "{}", "the commit")]
    [InlineData("application/json", "{\"sha\":\"main\",\"siblings\":[]}", "the commit")]
    [InlineData("application/json", "{\"sha\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}", "a list")]
    [InlineData("application/json", "{\"sha\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",\"siblings\":[{}]}", "rfilename")]
    [InlineData("application/json", "{\"sha\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",\"siblings\":[{\"rfilename\":\"a\"},{\"rfilename\":\"a\"}]}", "twice")]
    [InlineData("application/json", "{\"sha\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",\"siblings\":[{\"rfilename\":\"a\",\"size\":-1}]}", "a size")]
    [InlineData("application/json", "{\"sha\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",\"siblings\":[{\"rfilename\":\"a\",\"size\":1,\"lfs\":{\"sha256\":\"x\"}}]}", "64 hex digits")]
    [InlineData("application/json", "{\"sha\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",\"siblings\":[{\"rfilename\":\"\\ud800\"}]}", "Unicode")]
    public async Task An_answer_that_is_no_description_is_refused(string type, string body, string says)
    {
        _hub.BeforeHub = async context =>
        {
            context.Response.ContentType = type;
            await context.Response.WriteAsync(body);
            return true;
        };
        await RefusedAsync(HubFailure.BadAnswer, says);
    }

    [Theory]
    [InlineData("../evil.safetensors")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../b")]
    [InlineData("a//b")]
    [InlineData("./a")]
    [InlineData("a\\b")]
    [InlineData("C:x")]
    [InlineData("a\u001b[2Jb")]
    [InlineData("")]
    public async Task Paths_that_lead_elsewhere_are_refused(string path)
    {
        _repository.Files[path] = [1];
        await RefusedAsync(HubFailure.BadAnswer, "paths inside the repository");
        Assert.DoesNotContain(_hub.Requests, r => r.Path.Contains("resolve", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_truncation_of_a_description_is_refused_without_another_kind_of_error()
    {
        using var http = new HttpClient();
        byte[] whole = await http.GetByteArrayAsync(_hub.Endpoint + "/api/models/acme/tiny/revision/main?blobs=true", TestContext.Current.CancellationToken);
        HubReference reference = HubReference.Parse("acme/tiny");
        Assert.Equal(3, HubListing.Read(reference, whole).Files.Count);
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.Throws<HubException>(() => HubListing.Read(reference, whole.AsMemory(0, length)));
        }

        var random = new Random(7);
        for (int i = 0; i < 3_000; i++)
        {
            byte[] flipped = [.. whole];
            flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));
            if (Record.Exception(() => HubListing.Read(reference, flipped)) is { } error)
            {
                Assert.IsType<HubException>(error);
            }
        }
    }

    [Fact]
    public async Task Redirects_in_a_circle_and_without_an_address_end()
    {
        _hub.BeforeHub = context =>
        {
            context.Response.Redirect(context.Request.Path + context.Request.QueryString);
            return Task.FromResult(true);
        };
        await RefusedAsync(HubFailure.BadAnswer, "redirects more than");
        _hub.BeforeHub = context => AnswerAsync(context, 302);
        await RefusedAsync(HubFailure.BadAnswer, "302");
    }

    [Fact]
    public async Task A_file_larger_than_the_disk_is_refused_before_a_byte_is_fetched()
    {
        HubSnapshot snapshot = await FindAsync();
        HubFile huge = snapshot.Files[1] with { Bytes = 1L << 39 };
        using HubClient client = Client(null);
        HubException refused = await Assert.ThrowsAsync<HubException>(() => client.FetchAsync(snapshot, [huge], _folder.Path, 0, null, TestContext.Current.CancellationToken));
        Assert.Equal(HubFailure.NoRoom, refused.Failure);
        HubException beside = await Assert.ThrowsAsync<HubException>(() => client.FetchAsync(snapshot, snapshot.Files, _folder.Path, 1L << 50, null, TestContext.Current.CancellationToken));
        Assert.Equal(HubFailure.NoRoom, beside.Failure);
        HubException beyond = await Assert.ThrowsAsync<HubException>(() => client.FetchAsync(snapshot, [huge with { Bytes = 1L << 41 }], _folder.Path, 0, null, TestContext.Current.CancellationToken));
        Assert.Equal(HubFailure.BadAnswer, beyond.Failure);
        Assert.DoesNotContain(_hub.Requests, r => r.IsContent);
    }

    [Fact]
    public async Task Two_processes_do_not_write_one_file()
    {
        string part = Path.Combine(_folder.Path, $"sha256-{_repository.TagOf(Big)}.part");
        await using FileStream other = new(part, FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        await RefusedAsync(HubFailure.InUse, "another process");
    }

    [Fact]
    public async Task Equal_files_under_two_paths_are_fetched_once()
    {
        _repository.Files["copy/model.safetensors"] = _repository.Files[Big];
        IReadOnlyList<PulledFile> files = await FetchAllAsync();
        Assert.Equal(4, files.Count);
        Assert.Single(_hub.Requests, r => r.IsContent);
    }

    private static async Task<bool> AnswerAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        await context.Response.CompleteAsync();
        return true;
    }

    private static byte[] Content(int length)
    {
        byte[] content = new byte[length];
        new Random(length).NextBytes(content);
        return content;
    }

    private static string Sha256(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private HubClient Client(string? token) => new(new HubSettings(_hub.Endpoint, token), _time);

    private async Task<HubSnapshot> FindAsync(string reference = "acme/tiny")
    {
        using HubClient client = Client(null);
        return await client.FindAsync(HubReference.Parse(reference), TestContext.Current.CancellationToken);
    }

    private async Task<IReadOnlyList<PulledFile>> FetchAllAsync(string reference = "acme/tiny", string? token = null, List<HubProgress>? progress = null)
    {
        using HubClient client = Client(token);
        HubSnapshot snapshot = await client.FindAsync(HubReference.Parse(reference), TestContext.Current.CancellationToken);
        return await client.FetchAsync(snapshot, snapshot.Files, _folder.Path, 0, progress is null ? null : new Collected(progress), TestContext.Current.CancellationToken);
    }

    private async Task RefusedAsync(HubFailure failure, string says, string reference = "acme/tiny", string? token = null)
    {
        HubException refused = await Assert.ThrowsAsync<HubException>(() => FetchAllAsync(reference, token));
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        Assert.Equal(failure, refused.Failure);
        if (token is not null)
        {
            Assert.DoesNotContain($"'{token}'", refused.ToString(), StringComparison.Ordinal);
        }
    }

    private sealed class Collected(List<HubProgress> progress) : IProgress<HubProgress>
    {
        public void Report(HubProgress value)
        {
            lock (progress)
            {
                progress.Add(value);
            }
        }
    }
}
