using System.Globalization;
using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>The statements of <see cref="UsageReports"/>. Only names of columns and fixed conditions are put together; every value is a parameter.</summary>
internal static class UsageSql
{
    /// <summary>Events <c>e</c> that are in no sum yet, with their sources and profiles; use with <see cref="IsUnsummed"/>.</summary>
    /// <remarks>CROSS JOIN, since SQLite otherwise begins with the events, all of them, where it has no statistics; as one it begins with the sources.</remarks>
    public const string Unsummed = "meter_sources o CROSS JOIN meter_events e JOIN meter_profiles p ON p.id = e.profile";

    /// <summary>What <see cref="Unsummed"/> holds only of those.</summary>
    public const string IsUnsummed = "o.ended_us IS NULL AND e.source = o.id AND e.sequence >= o.counted_sequence";

    /// <summary>Rows of use: those that are summed, and events that are not summed yet.</summary>
    public static string Use(UsageFilter filter)
    {
        string whose = Whose(filter);
        return $"""
            SELECT s.profile AS profile, s.event_interval_s AS second, s.events AS events, s.prompt_tokens AS prompt, s.cached_tokens AS cached, s.completion_tokens AS completion,
                s.charge_nanos AS charge, s.uncharged_nanos AS uncharged, s.requests AS requests, s.device_seconds AS device_seconds
            FROM meter_profiles p JOIN meter_sums s ON s.profile = p.id
            WHERE {whose} AND s.event_interval_s >= @from AND s.event_interval_s < @until
            UNION ALL
            SELECT e.profile, e.at_us / 1000000 / @interval * @interval, 1, e.prompt_tokens, e.cached_tokens, e.completion_tokens,
                e.charge_nanos, e.uncharged_nanos, {MeterRows.RequestsOfEvent}, COALESCE(m.device_seconds, 0)
            FROM {Unsummed}
            LEFT JOIN meter_particulars m ON m.source = e.source AND m.sequence = e.sequence
            WHERE {IsUnsummed} AND {whose} AND e.at_us >= @fromUs AND e.at_us < @untilUs
            """;
    }

    /// <summary>Identities of events: those between the numbers of their sums, and those that are not summed yet. Each once, since a source's intervals share no numbers and an event ends in one.</summary>
    public static string Identities(UsageFilter filter)
    {
        string whose = Whose(filter);
        return $"""
            SELECT e.source AS source, e.sequence AS sequence
            FROM meter_profiles p JOIN meter_sums s ON s.profile = p.id
            JOIN meter_events e ON e.source = s.source AND e.sequence >= s.first_sequence AND e.sequence <= s.last_sequence AND e.profile = s.profile
                AND e.at_us >= s.event_interval_s * 1000000 AND e.at_us < (s.event_interval_s + @interval) * 1000000
            WHERE {whose} AND s.event_interval_s >= @from AND s.event_interval_s < @until
            UNION ALL
            SELECT e.source, e.sequence
            FROM {Unsummed}
            WHERE {IsUnsummed} AND {whose} AND e.at_us >= @fromUs AND e.at_us < @untilUs
            """;
    }

    /// <summary>Use by buckets of @width seconds and groups; further columns are kept apart too.</summary>
    public static string Sums(UsageFilter filter, UsageGroups groupBy, IReadOnlyList<string> columns)
    {
        (UsageGroups Group, string Column, string Name)[] known = [(UsageGroups.Project, "p.project", "Project"), (UsageGroups.Key, "p.key", "Key"), (UsageGroups.Model, "p.model_name", "Model"), (UsageGroups.Batch, "p.batch", "Batch")];
        var apart = known.Where(k => groupBy.HasFlag(k.Group)).Select(k => (k.Column, k.Name)).Concat(columns.Select(column => (Column: column, Name: NameOf(column)))).ToList();
        string select = string.Concat(apart.Select(a => $", {a.Column} AS {a.Name}"));
        string keys = string.Concat(apart.Select(a => $", {a.Column}"));
        return $"""
            SELECT u.second / @width * @width AS Start{select}, CAST(SUM(u.requests) AS BIGINT) AS Requests, CAST(SUM(u.prompt) AS BIGINT) AS Prompt, CAST(SUM(u.cached) AS BIGINT) AS Cached,
                CAST(SUM(u.completion) AS BIGINT) AS Completion, CAST(SUM(u.charge) AS BIGINT) AS ChargeNanos,
                CAST(SUM(u.uncharged) AS BIGINT) AS UnchargedNanos, CAST(SUM(u.device_seconds) AS BIGINT) AS DeviceSeconds
            FROM ({Use(filter)}) u JOIN meter_profiles p ON p.id = u.profile
            GROUP BY u.second / @width * @width{keys} ORDER BY 1{keys} LIMIT @limit
            """;
    }

    /// <summary>Whose use, of a profile <c>p</c>.</summary>
    public static string Whose(UsageFilter filter) => string.Join(
        " AND ",
        new[]
        {
            filter.Party is null ? "p.project = @project" : "p.party = @party",
            AnyOf("p.project", "projects", filter.Projects),
            AnyOf("p.key", "keys", filter.Keys),
            AnyOf("p.model_name", "models", filter.Models),
            filter.Batch is null ? "" : "p.batch = @batch",
        }.Where(condition => condition.Length > 0));

    /// <summary>The parameters of all of them.</summary>
    public static Dictionary<string, object?> Parameters(UsageFilter filter, long interval, long limit, long intervals, long width = 60, UsageCursor? after = null)
    {
        var values = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["project"] = filter.Project?.Value,
            ["party"] = filter.Party?.Value,
            ["batch"] = filter.Batch == true ? 1L : 0L,
            ["from"] = filter.From.ToUnixTimeSeconds() / interval * interval,
            ["until"] = (UnixTime.Microseconds(filter.Until) + 999_999) / 1_000_000,
            ["fromUs"] = UnixTime.Microseconds(filter.From),
            ["untilUs"] = UnixTime.Microseconds(filter.Until),
            ["interval"] = interval,
            ["width"] = width,
            ["limit"] = limit,
            ["intervals"] = intervals,
            ["atUs"] = after is { } place ? UnixTime.Microseconds(place.At) : 0,
            ["source"] = after?.Source ?? "",
            ["sequence"] = after?.Sequence ?? 0,
        };
        foreach ((string name, IReadOnlyList<string> list) in new[] { ("projects", filter.Projects), ("keys", filter.Keys), ("models", filter.Models) })
        {
            for (int i = 0; i < list.Count; i++)
            {
                values.Add(Numbered(name, i), list[i]);
            }
        }

        return values;
    }

    // One parameter a value: lists as such are bound differently by the two databases' drivers.
    private static string AnyOf(string column, string name, IReadOnlyList<string> values) =>
        values.Count == 0 ? "" : $"{column} IN ({string.Join(", ", Enumerable.Range(0, values.Count).Select(i => "@" + Numbered(name, i)))})";

    private static string Numbered(string name, int index) => string.Create(CultureInfo.InvariantCulture, $"{name}{index}");

    private static string NameOf(string column) => column switch
    {
        "p.currency" => "Currency",
        "p.input_nanos" => "InputNanos",
        "p.cached_nanos" => "CachedNanos",
        "p.output_nanos" => "OutputNanos",
        _ => throw new ArgumentException($"There is no column {column}.", nameof(column)),
    };
}
