using System.Globalization;

namespace Lazuli.Compute;

/// <summary>A report as comma-separated values (RFC 4180): a line for each project's training, serving and total, units in the headings; values that are not known are empty.</summary>
public static class MonthlyReportCsv
{
    private static readonly string[] s_headings =
    [
        "month", "project", "kind", "flop", "petaflop_s_days", "device_hours", "energy_wh", "measured_energy_wh", "cost", "currency", "tokens_trained", "requests", "tokens_prompt", "tokens_generated", "cost_per_million_tokens",
    ];

    /// <summary>Writes headings and lines.</summary>
    public static void Write(MonthlyReport report, TextWriter writer)
    {
        WriteLine(writer, s_headings);
        foreach (ProjectAccount project in report.Projects.Append(report.Total))
        {
            WriteLine(writer, [.. Common(report, project, "training", project.Training.Work), Text(project.Training.Tokens), "", "", "", Text(project.Training.CostPerMillionTokens)]);
            WriteLine(writer, [.. Common(report, project, "serving", project.Serving.Work), "", Text(project.Serving.Requests), Text(project.Serving.PromptTokens), Text(project.Serving.GeneratedTokens), Text(project.Serving.CostPerMillionGeneratedTokens)]);
            WriteLine(writer, [.. Common(report, project, "total", project.Total), "", "", "", "", ""]);
        }
    }

    private static string[] Common(MonthlyReport report, ProjectAccount project, string kind, WorkAccount work) =>
    [
        report.Month, project.Project, kind, Text(work.Flop), Text(work.PetaflopDays), Text(work.DeviceHours), Text(work.EnergyWattHours), Text(work.MeasuredWattHours), Text(work.Cost), report.Currency,
    ];

    private static void WriteLine(TextWriter writer, IEnumerable<string> fields)
    {
        writer.Write(string.Join(',', fields.Select(Quoted)));
        writer.Write("\r\n");
    }

    private static string Quoted(string field) =>
        field.AsSpan().ContainsAny(",\"\r\n") ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Text(decimal? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "";
}
