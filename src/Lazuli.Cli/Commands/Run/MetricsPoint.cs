using System.Globalization;
using System.Text.Json;

namespace Lazuli.Cli;

/// <summary>One step of a run, as <c>metrics.jsonl</c> has it.</summary>
internal sealed record MetricsPoint(long Step, long Tokens, double Loss, double LearningRate, double TokensPerSecond, double ElapsedSeconds)
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web);

    /// <summary>All steps; lines of other kinds, and a last line cut off by a crash, are passed over.</summary>
    public static IReadOnlyList<MetricsPoint> ReadAll(string path)
    {
        var points = new List<MetricsPoint>();
        foreach (string line in File.Exists(path) ? File.ReadLines(path) : [])
        {
            try
            {
                if (line.Contains("\"tokensPerSecond\"", StringComparison.Ordinal) && JsonSerializer.Deserialize<MetricsPoint>(line, s_json) is { } point)
                {
                    points.Add(point);
                }
            }
            catch (JsonException)
            {
                continue;
            }
        }

        return points;
    }

    /// <summary>About <paramref name="most"/> points, evenly spread, the first and the last among them.</summary>
    public static IEnumerable<MetricsPoint> Thin(IReadOnlyList<MetricsPoint> points, int most) =>
        points.Count <= most ? points : Enumerable.Range(0, most).Select(i => points[(int)((long)i * (points.Count - 1) / (most - 1))]);

    /// <summary>The point as a row of a table.</summary>
    public string[] Cells()
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        return [Step.ToString("N0", invariant), Tokens.ToString("N0", invariant), Loss.ToString("F4", invariant), LearningRate.ToString("G3", invariant), TokensPerSecond.ToString("N0", invariant), ElapsedSeconds.ToString("F1", invariant)];
    }
}
