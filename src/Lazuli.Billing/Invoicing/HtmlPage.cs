using System.Globalization;
using System.Net;
using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>What pages about money share: the frame, escaped texts, numbers as people read them.</summary>
internal static class HtmlPage
{
    private const string Style = """
        :root { color-scheme: light; --ink: #16202c; --soft: #5b6876; --line: #d9dee4; --accent: #26457f; }
        * { box-sizing: border-box; }
        body { font: 14px/1.45 system-ui, "Segoe UI", Helvetica, Arial, sans-serif; color: var(--ink); background: #f3f5f7; margin: 0; padding: 32px 16px; }
        main { max-width: 880px; margin: 0 auto; background: #fff; padding: 44px 48px; border-radius: 6px; box-shadow: 0 1px 4px rgba(20, 30, 45, .14); }
        header { display: flex; justify-content: space-between; gap: 24px; border-bottom: 3px solid var(--accent); padding-bottom: 20px; }
        header .seller { font-size: 20px; font-weight: 650; color: var(--accent); }
        h1 { font-size: 26px; margin: 0; text-align: right; }
        address { font-style: normal; color: var(--soft); }
        .number { text-align: right; color: var(--soft); }
        .facts { display: grid; grid-template-columns: 1fr 1fr; gap: 24px; margin: 26px 0; }
        .facts dl { display: grid; grid-template-columns: max-content 1fr; gap: 3px 16px; margin: 0; align-content: start; }
        dt { color: var(--soft); } dd { margin: 0; }
        .label { color: var(--soft); font-size: 12px; text-transform: uppercase; letter-spacing: .05em; }
        .scroll { overflow-x: auto; }
        table { width: 100%; border-collapse: collapse; }
        th { text-align: left; font-weight: 600; font-size: 12px; color: var(--soft); border-bottom: 1px solid var(--ink); padding: 7px 8px; }
        td { border-bottom: 1px solid var(--line); padding: 7px 8px; vertical-align: top; }
        .n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
        td small { display: block; color: var(--soft); }
        tfoot td { border: 0; padding: 4px 8px; } tfoot tr.total td { font-size: 17px; font-weight: 650; border-top: 2px solid var(--ink); padding-top: 9px; }
        footer { margin-top: 30px; color: var(--soft); font-size: 12px; overflow-wrap: anywhere; }
        .draft { background: #fff4d6; border: 1px solid #e0b84c; padding: 8px 12px; border-radius: 4px; margin-top: 18px; }
        @media print { body { background: #fff; padding: 0; } main { box-shadow: none; padding: 0; max-width: none; } tr { break-inside: avoid; } }
        @media (max-width: 640px) { main { padding: 24px 18px; } header, .facts { display: block; } h1, .number { text-align: left; } .facts > * { margin-bottom: 16px; } }
        """;

    /// <summary>A page around a body.</summary>
    public static string Frame(string title, string body) =>
        $"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{Text(title)}</title>\n<style>\n{Style}\n</style>\n</head>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n";

    /// <summary>A text from outside, escaped.</summary>
    public static string Text(string? text) => WebUtility.HtmlEncode(text ?? "");

    /// <summary>A name and its value.</summary>
    public static string Fact(string name, string value) => $"<dt>{name}</dt><dd>{Text(value)}</dd>\n";

    public static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("d MMMM yyyy", CultureInfo.InvariantCulture);

    /// <summary>A period's first and last day.</summary>
    public static string Days(DateTimeOffset from, DateTimeOffset until)
    {
        DateTime first = from.UtcDateTime;
        DateTime last = until.AddTicks(-1).UtcDateTime;
        string begin = first.Year != last.Year ? Day(from) : first.ToString(first.Month == last.Month ? "%d" : "d MMMM", CultureInfo.InvariantCulture);
        return first.Date == last.Date ? Day(from) : $"{begin} to {Day(until.AddTicks(-1))}";
    }

    public static string Minute(DateTimeOffset time) => time.UtcDateTime.ToString("d MMMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture);

    public static string Whole(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Nano-units in units, all digits.</summary>
    public static string Exact(long nanos) => ((decimal)nanos / Money.NanosPerUnit).ToString("#,0.00#######", CultureInfo.InvariantCulture);

    /// <summary>Whole minor units.</summary>
    public static string Rounded(long nanos, Currency currency) =>
        ((decimal)nanos / Money.NanosPerUnit).ToString(CurrencyDigits.Of(currency) switch { 0 => "#,0", 3 => "#,0.000", _ => "#,0.00" }, CultureInfo.InvariantCulture);
}
