using System.Globalization;
using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>The buckets of one page: from where to where, and where the next page begins.</summary>
/// <param name="From">First bucket's begin.</param>
/// <param name="Until">End of the last, which may be cut off by the end of the whole.</param>
/// <param name="WidthSeconds">Length of a bucket.</param>
/// <param name="Next">The next page's begin; null when this is the last.</param>
internal sealed record UsageBuckets(DateTimeOffset From, DateTimeOffset Until, long WidthSeconds, DateTimeOffset? Next)
{
    /// <summary>A day, the default width.</summary>
    public const string Day = "1d";

    private const string PagePrefix = "page_";
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(3 * 366);

    /// <summary>Begins of all buckets of the page, oldest first.</summary>
    public IEnumerable<DateTimeOffset> Starts
    {
        get
        {
            for (DateTimeOffset start = From; start < Until; start = start.AddSeconds(WidthSeconds))
            {
                yield return start;
            }
        }
    }

    /// <summary>Reads <c>start_time</c>, <c>end_time</c>, <c>limit</c> and <c>page</c>.</summary>
    /// <param name="parameters">The query.</param>
    /// <param name="widthSeconds">Length of a bucket; begins are whole multiples of it, in UTC.</param>
    /// <param name="usual">Buckets of a page when no limit comes.</param>
    /// <param name="most">The highest limit.</param>
    /// <param name="now">The end when none comes.</param>
    public static UsageBuckets Read(UsageParameters parameters, long widthSeconds, int usual, int most, DateTimeOffset now)
    {
        DateTimeOffset start = parameters.Time("start_time") ?? throw UsageParameters.Refuse("'start_time' is missing: from when on, in seconds since 1970-01-01 UTC.", "start_time");
        DateTimeOffset end = parameters.Time("end_time") ?? now.AddSeconds(1);
        if (end <= start || end - start > s_longest)
        {
            throw UsageParameters.Refuse($"'end_time' must be after 'start_time', and at most {(int)s_longest.TotalDays} days after it.", parameters.Has("end_time") ? "end_time" : "start_time");
        }

        int limit = parameters.Number("limit", 1, most) ?? usual;
        DateTimeOffset first = Floor(start, widthSeconds);
        if (parameters.Single("page") is { } page)
        {
            first = page.StartsWith(PagePrefix, StringComparison.Ordinal)
                && long.TryParse(page.AsSpan(PagePrefix.Length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long seconds)
                && seconds % widthSeconds == 0 && seconds >= first.ToUnixTimeSeconds() && seconds < end.ToUnixTimeSeconds()
                ? DateTimeOffset.FromUnixTimeSeconds(seconds)
                : throw UsageParameters.Refuse("'page' is no page of this report; send the 'next_page' of the answer before, with the same parameters.", "page");
        }

        DateTimeOffset until = first.AddSeconds(limit * widthSeconds);
        return until < end ? new UsageBuckets(first, until, widthSeconds, until) : new UsageBuckets(first, end, widthSeconds, null);
    }

    /// <summary>The next page's name.</summary>
    public string? NextPage => Next is { } next ? PagePrefix + next.ToUnixTimeSeconds().ToString("x", CultureInfo.InvariantCulture) : null;

    /// <summary>The page of these results.</summary>
    public ReportPage<UsageBucket<T>> PageOf<T>(IEnumerable<(DateTimeOffset Start, T Result)> results)
    {
        ILookup<DateTimeOffset, T> byStart = results.ToLookup(r => r.Start, r => r.Result);
        return new ReportPage<UsageBucket<T>>(
            "page",
            [.. Starts.Select(start => new UsageBucket<T>("bucket", start.ToUnixTimeSeconds(), start.AddSeconds(WidthSeconds).ToUnixTimeSeconds(), [.. byStart[start]]))],
            Next is not null,
            NextPage);
    }

    private static DateTimeOffset Floor(DateTimeOffset time, long width) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds() / width * width);
}
