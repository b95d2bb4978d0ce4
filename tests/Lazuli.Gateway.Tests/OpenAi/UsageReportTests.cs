using System.Net;
using System.Text.Json;
using Lazuli.Contracts;
using Lazuli.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Lazuli.Gateway.Tests;

public sealed class UsageReportTests : IAsyncLifetime
{
    private const long Day = 1_763_856_000; // 2025-11-23
    private static readonly Currency s_euro = new("EUR");

    private GatewayServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await GatewayServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task The_list_of_requests()
    {
        AddEvents(3);
        string body = await GetAsync($"/v1/usage?start_time={Day}&end_time={Day + 86_400}&limit=2");
        Golden.Matches(Wire.Pretty(body), "usage-list.json");
        (UsageFilter filter, _, _) = Assert.Single(_server.Reports.Asked);
        Assert.Equal((new ProjectId("default"), null), (filter.Project, filter.Party));
        Assert.Equal((Day, Day + 86_400), (filter.From.ToUnixTimeSeconds(), filter.Until.ToUnixTimeSeconds()));
    }

    [Fact]
    public async Task The_list_is_read_to_its_end_page_by_page()
    {
        AddEvents(7);
        var seen = new List<string>();
        string query = $"/v1/usage?start_time={Day}&end_time={Day + 86_400}&limit=3";
        string? page = "";
        int pages = 0;
        while (page is not null)
        {
            using JsonDocument answer = JsonDocument.Parse(await GetAsync(query + page));
            seen.AddRange(answer.RootElement.GetProperty("data").EnumerateArray().Select(e => e.GetProperty("event").GetString()!));
            Assert.Equal(answer.RootElement.GetProperty("has_more").GetBoolean(), answer.RootElement.GetProperty("next_page").ValueKind == JsonValueKind.String);
            page = answer.RootElement.GetProperty("next_page").GetString() is { } next ? "&page=" + next : null;
            pages++;
        }

        Assert.Equal(_server.Reports.Events.Select(e => $"{e.Source}/{e.Sequence}"), seen);
        Assert.Equal(3, pages);
    }

    [Theory]
    [InlineData("/v1/organization/usage/completions?")]
    [InlineData("/v1/usage?bucket_width=1d&")]
    public async Task Use_in_buckets_has_openais_shape(string path)
    {
        _server.Reports.Sums.Add(new UsageSum(DateTimeOffset.FromUnixTimeSeconds(Day), "default", null, "tiny", null, 2, new ChargedTokens(14, 4, 6)));
        _server.Reports.Sums.Add(new UsageSum(DateTimeOffset.FromUnixTimeSeconds(Day), "default", null, "other", null, 1, new ChargedTokens(7, 0, 3)));
        string body = await GetAsync($"{path}start_time={Day + 5}&end_time={Day + (4 * 86_400)}&limit=2&group_by[]=model&group_by[]=project_id");
        Golden.Matches(Wire.Pretty(body), "usage-completions.json");
        (UsageFilter filter, UsageGroups groups, long width) = Assert.Single(_server.Reports.Asked);
        Assert.Equal((UsageGroups.Model | UsageGroups.Project, 86_400L, Day), (groups, width, filter.From.ToUnixTimeSeconds()));
        using JsonDocument first = JsonDocument.Parse(body);
        using JsonDocument second = JsonDocument.Parse(await GetAsync($"{path}start_time={Day + 5}&end_time={Day + (4 * 86_400)}&limit=2&page={first.RootElement.GetProperty("next_page").GetString()}"));
        Assert.Equal([Day + (2 * 86_400), Day + (3 * 86_400)], second.RootElement.GetProperty("data").EnumerateArray().Select(b => b.GetProperty("start_time").GetInt64()));
        Assert.False(second.RootElement.GetProperty("has_more").GetBoolean());
    }

    [Theory]
    [InlineData("/v1/organization/costs")]
    [InlineData("/v1/costs")]
    public async Task Costs_have_openais_shape_and_are_exact(string path)
    {
        DateTimeOffset day = DateTimeOffset.FromUnixTimeSeconds(Day);
        _server.Reports.Costs.Add(new CostSum(day, null, null, "tiny", UsageMeter.InputTokens, 45, new Money(90, s_euro)));
        _server.Reports.Costs.Add(new CostSum(day, null, null, "tiny", UsageMeter.CachedInputTokens, 3, new Money(1_000_000_003, s_euro)));
        _server.Reports.Costs.Add(new CostSum(day, null, null, "tiny", UsageMeter.OutputTokens, 15, new Money(1_234_567_891_234_567_891, s_euro)));
        Golden.Matches(Wire.Pretty(await GetAsync($"{path}?start_time={Day}&end_time={Day + 86_400}&group_by=line_item")), "costs.json");
        Assert.Equal(UsageGroups.LineItem, Assert.Single(_server.Reports.Asked).Groups);
    }

    [Theory]
    [InlineData("/v1/organization/usage/completions", "start_time", "is missing")]
    [InlineData("/v1/costs", "start_time", "is missing")]
    [InlineData("/v1/costs?start_time=-1", "start_time", "whole seconds")]
    [InlineData("/v1/costs?start_time=99999999999999999999", "start_time", "whole seconds")]
    [InlineData("/v1/costs?start_time=9999999999999", "start_time", "whole seconds")]
    [InlineData("/v1/costs?start_time=5&start_time=6", "start_time", "once")]
    [InlineData("/v1/costs?start_time=5&end_time=5", "end_time", "after 'start_time'")]
    [InlineData("/v1/costs?start_time=0", "start_time", "at most 1098 days")]
    [InlineData("/v1/costs?start_time=5&end_time=99&bucket_width=1h", "bucket_width", "one of 1d")]
    [InlineData("/v1/costs?start_time=5&end_time=99&limit=181", "limit", "from 1 to 180")]
    [InlineData("/v1/costs?start_time=5&end_time=99&limit=0", "limit", "from 1 to 180")]
    [InlineData("/v1/costs?start_time=5&end_time=99&group_by=model", "group_by", "line_item")]
    [InlineData("/v1/costs?start_time=5&end_time=99&page=page_zz", "page", "next_page")]
    [InlineData("/v1/costs?start_time=5&end_time=99&page=page_-1", "page", "next_page")]
    [InlineData("/v1/costs?start_time=5&end_time=99&models=tiny", "models", "no parameter")]
    [InlineData("/v1/usage?bucket_width=1w&start_time=5", "bucket_width", "one of 1m, 1h, 1d")]
    [InlineData("/v1/usage?bucket_width=1m&start_time=5&end_time=99&limit=1441", "limit", "from 1 to 1440")]
    [InlineData("/v1/usage?bucket_width=1h&start_time=5&end_time=99&limit=169", "limit", "from 1 to 168")]
    [InlineData("/v1/usage?bucket_width=1d&start_time=5&end_time=99&limit=32", "limit", "from 1 to 31")]
    [InlineData("/v1/usage?bucket_width=1d&start_time=5&end_time=99&batch=yes", "batch", "true or false")]
    [InlineData("/v1/usage?limit=101", "limit", "from 1 to 100")]
    [InlineData("/v1/usage?group_by=model", "group_by", "no parameter")]
    [InlineData("/v1/usage?start_time=0&end_time=2678401", "end_time", "at most 31 days")]
    [InlineData("/v1/usage?page=page_AAAA", "page", "next_page")]
    [InlineData("/v1/usage?page=page_%25", "page", "next_page")]
    [InlineData("/v1/usage?page=page_OTk5OTk5OTk5OTk5OTk5OTk5OXwxfGE", "page", "next_page")]
    [InlineData("/v1/usage?models=", "models", "1 to 200 characters")]
    public async Task Refuses_what_cannot_be(string path, string param, string message)
    {
        using HttpResponseMessage response = await _server.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Contains(message, await BadRequestTests.AssertErrorAsync(response, 400, "invalid_request_error", param, null), StringComparison.Ordinal);
        Assert.Empty(_server.Reports.Asked);
    }

    [Fact]
    public async Task A_filter_by_users_says_that_there_are_none()
    {
        using HttpResponseMessage response = await _server.Client.GetAsync(new Uri("/v1/organization/usage/completions?start_time=5&user_ids=u", UriKind.Relative), TestContext.Current.CancellationToken);
        await BadRequestTests.AssertErrorAsync(response, 400, "invalid_request_error", "user_ids", "unsupported_parameter");
    }

    [Fact]
    public async Task A_list_of_more_than_a_hundred_values_is_refused()
    {
        string query = string.Concat(Enumerable.Range(0, 101).Select(i => $"&models[]=m{i}"));
        using HttpResponseMessage response = await _server.Client.GetAsync(new Uri("/v1/usage?limit=1" + query, UriKind.Relative), TestContext.Current.CancellationToken);
        await BadRequestTests.AssertErrorAsync(response, 400, "invalid_request_error", "models", null);
    }

    [Fact]
    public async Task More_results_than_a_page_holds_are_refused_and_not_cut_off()
    {
        for (int i = 0; i <= 10_000; i++)
        {
            _server.Reports.Sums.Add(new UsageSum(DateTimeOffset.FromUnixTimeSeconds(Day), null, null, $"m{i}", null, 1, default));
        }

        using HttpResponseMessage response = await _server.Client.GetAsync(new Uri($"/v1/usage?bucket_width=1d&start_time={Day}&end_time={Day + 5}&group_by=model", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Contains("fewer", await BadRequestTests.AssertErrorAsync(response, 400, "invalid_request_error", "limit", null), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/usage?limit=1")]
    [InlineData("/v1/organization/usage/completions?start_time=1763856000&end_time=1763856100")]
    [InlineData("/v1/costs?start_time=1763856000&end_time=1763856100")]
    public async Task A_key_reads_its_own_project_only_unless_it_is_for_its_whole_party(string path)
    {
        using HttpResponseMessage foreign = await GetWithAsync(_server.Key, path + "&project_ids[]=default&project_ids[]=elsewhere");
        await BadRequestTests.AssertErrorAsync(foreign, 403, "permission_error", "project_ids", "key_out_of_scope");
        using HttpResponseMessage own = await GetWithAsync(_server.Key, path + "&project_ids[]=default");
        Assert.Equal(HttpStatusCode.OK, own.StatusCode);

        using HttpResponseMessage chatOnly = await GetWithAsync(await KeyAsync("chat"), path);
        await BadRequestTests.AssertErrorAsync(chatOnly, 403, "permission_error", null, "key_out_of_scope");
        using HttpResponseMessage named = await GetWithAsync(await KeyAsync("usage"), path);
        Assert.Equal(HttpStatusCode.OK, named.StatusCode);
        Assert.All(_server.Reports.Asked, asked => Assert.Equal((new ProjectId("default"), null), (asked.Filter.Project, asked.Filter.Party)));

        _server.Reports.Asked.Clear();
        using HttpResponseMessage party = await GetWithAsync(await KeyAsync("usage:lab"), path + "&project_ids=elsewhere");
        Assert.Equal(HttpStatusCode.OK, party.StatusCode);
        UsageFilter filter = Assert.Single(_server.Reports.Asked).Filter;
        Assert.Equal((null, PartyId.Lab), (filter.Project, filter.Party));
        Assert.Equal(["elsewhere"], filter.Projects);
    }

    private async Task<string> KeyAsync(string endpoint)
    {
        IApiKeyStore keys = _server.App.Services.GetRequiredService<IApiKeyStore>();
        return Assert.IsType<LicensingResult<CreatedApiKey>.Done>(
            await keys.CreateAsync(Actor.Local, new NewApiKey { Label = endpoint, Project = new ProjectId("default"), Endpoints = [endpoint] }, TestContext.Current.CancellationToken)).Value.Key;
    }

    private async Task<HttpResponseMessage> GetWithAsync(string key, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", key);
        return await _server.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private Task<string> GetAsync(string path) => _server.Client.GetStringAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

    private void AddEvents(int count)
    {
        for (int i = count; i > 0; i--)
        {
            _server.Reports.Events.Add(new MeterEvent
            {
                Source = "node/1", Sequence = i, RequestId = new Guid(i, 0, 0, new byte[8]), At = DateTimeOffset.FromUnixTimeSeconds(Day + i).AddMicroseconds(i), Key = "0123456789", Project = new ProjectId("default"),
                Party = PartyId.Lab, GrantChain = [], ModelName = "tiny", ModelDigest = "sha256:00", PriceVersion = i % 2 == 0 ? "standard@1" : TokenPrices.SandboxVersion, Tokens = new ChargedTokens(7, 2, i),
                DeviceMicroseconds = 5, Flop = 1, Charge = new Money(i % 2 == 0 ? 1_234_500_000 : 0, s_euro), Outcome = RequestOutcome.Completed,
            });
        }
    }
}
