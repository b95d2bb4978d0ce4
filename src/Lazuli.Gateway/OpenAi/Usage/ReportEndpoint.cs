using System.Globalization;
using Lazuli.Contracts;
using Microsoft.AspNetCore.Http;

namespace Lazuli.Gateway;

/// <summary>What a project, or a party, used and what that came to: request by request, and in buckets of time as OpenAI's usage and costs APIs answer.</summary>
internal sealed class ReportEndpoint(IUsageReports reports, IApiKeyStore keys, TimeProvider time)
{
    /// <summary>More sums than this are not answered in one page.</summary>
    private const int MostResults = 10_000;

    private const long DaySeconds = 86_400;
    private const int MostListed = 100;
    private const int UsuallyListed = 20;
    private static readonly TimeSpan s_longestList = TimeSpan.FromDays(31);

    /// <summary><c>GET /v1/usage</c>: requests, newest first; with <c>bucket_width</c>, sums.</summary>
    public Task UsageAsync(HttpContext context) => context.Request.Query.ContainsKey("bucket_width") ? CompletionsAsync(context) : ListAsync(context);

    /// <summary><c>GET /v1/organization/usage/completions</c>.</summary>
    public async Task CompletionsAsync(HttpContext context)
    {
        var parameters = new UsageParameters(context.Request.Query, "start_time", "end_time", "bucket_width", "project_ids", "api_key_ids", "models", "batch", "group_by", "limit", "page", "user_ids");
        if (parameters.Has("user_ids"))
        {
            throw new RequestRefusedException(OpenAiError.Unsupported("Keys belong to projects here and not to users; 'user_ids' is", "user_ids"));
        }

        (long width, int usual, int most) = (parameters.OneOf("bucket_width", "1m", "1h", UsageBuckets.Day) ?? UsageBuckets.Day) switch
        {
            "1m" => (60, 60, 1440),
            "1h" => (3600, 24, 168),
            _ => (DaySeconds, 7, 31),
        };
        UsageGroups groups = parameters.Groups(
            ("project_id", UsageGroups.Project), ("user_id", UsageGroups.None), ("api_key_id", UsageGroups.Key), ("model", UsageGroups.Model), ("batch", UsageGroups.Batch), ("service_tier", UsageGroups.None));
        var buckets = UsageBuckets.Read(parameters, width, usual, most, time.GetUtcNow());
        UsageFilter filter = Filter(context, parameters, buckets.From, buckets.Until) with { Models = parameters.List("models"), Batch = parameters.Switch("batch") };
        IReadOnlyList<UsageSum> sums = await reports.SumAsync(filter, width, groups, MostResults, context.RequestAborted).ConfigureAwait(false);
        RefuseTooMany(sums.Count);
        await context.Response.WriteAsJsonAsync(buckets.PageOf(sums.Select(sum => (sum.Start, CompletionsUsage.Of(sum)))), WireJson.Wire.ReportPageUsageBucketCompletionsUsage, cancellationToken: context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary><c>GET /v1/costs</c> and <c>GET /v1/organization/costs</c>.</summary>
    public async Task CostsAsync(HttpContext context)
    {
        var parameters = new UsageParameters(context.Request.Query, "start_time", "end_time", "bucket_width", "project_ids", "api_key_ids", "group_by", "limit", "page");
        parameters.OneOf("bucket_width", UsageBuckets.Day);
        UsageGroups groups = parameters.Groups(("project_id", UsageGroups.Project), ("line_item", UsageGroups.LineItem), ("api_key_id", UsageGroups.Key));
        var buckets = UsageBuckets.Read(parameters, DaySeconds, usual: 7, most: 180, time.GetUtcNow());
        IReadOnlyList<CostSum> sums = await reports.CostAsync(Filter(context, parameters, buckets.From, buckets.Until), DaySeconds, groups, MostResults, context.RequestAborted).ConfigureAwait(false);
        RefuseTooMany(sums.Count);
        await context.Response.WriteAsJsonAsync(buckets.PageOf(sums.Select(sum => (sum.Start, CostsResult.Of(sum)))), WireJson.Wire.ReportPageUsageBucketCostsResult, cancellationToken: context.RequestAborted).ConfigureAwait(false);
    }

    private async Task ListAsync(HttpContext context)
    {
        var parameters = new UsageParameters(context.Request.Query, "start_time", "end_time", "project_ids", "api_key_ids", "models", "batch", "limit", "page");
        DateTimeOffset end = parameters.Time("end_time") ?? time.GetUtcNow().AddSeconds(1);
        DateTimeOffset start = parameters.Time("start_time") ?? (end.UtcTicks > s_longestList.Ticks ? end - s_longestList : DateTimeOffset.UnixEpoch);
        if (end <= start || end - start > s_longestList)
        {
            throw UsageParameters.Refuse($"'end_time' must be after 'start_time', and at most {s_longestList.Days} days after it.", parameters.Has("end_time") ? "end_time" : "start_time");
        }

        int limit = parameters.Number("limit", 1, MostListed) ?? UsuallyListed;
        UsageCursor? cursor = parameters.Single("page") is { } page ? UsageCursorText.Read(page) ?? throw UsageParameters.Refuse("'page' is no page of this list; send the 'next_page' of the answer before, with the same parameters.", "page") : null;
        UsageFilter filter = Filter(context, parameters, start, end) with { Models = parameters.List("models"), Batch = parameters.Switch("batch") };
        IReadOnlyList<MeterEvent> found = await reports.ListAsync(filter, cursor, limit + 1, context.RequestAborted).ConfigureAwait(false);
        bool hasMore = found.Count > limit;
        MeterEvent[] shown = [.. found.Take(limit)];
        await context.Response.WriteAsJsonAsync(
            new ReportPage<UsageObject>("page", [.. shown.Select(UsageObject.Of)], hasMore, hasMore ? UsageCursorText.Write(shown[^1]) : null), WireJson.Wire.ReportPageUsageObject, cancellationToken: context.RequestAborted).ConfigureAwait(false);
    }

    private UsageFilter Filter(HttpContext context, UsageParameters parameters, DateTimeOffset from, DateTimeOffset until) =>
        UsageScope.Of(context, keys, from, until, parameters.List("project_ids")) with { Keys = parameters.List("api_key_ids") };

    private static void RefuseTooMany(int results)
    {
        if (results > MostResults)
        {
            throw UsageParameters.Refuse(string.Create(CultureInfo.InvariantCulture, $"That is more than {MostResults} results. Ask for fewer buckets with 'limit', or for fewer groups."), "limit");
        }
    }
}
