using System.Globalization;
using System.Net;
using System.Text;
using Lazuli.Contracts;

namespace Lazuli.Cli;

/// <summary>The demonstration as one page of HTML that needs nothing else: what happened, and where each cent went.</summary>
internal static class PartnershipReport
{
    private const string Style = """
        :root { color-scheme: light dark; --line: #8884; --soft: #8881; --blue: #2457c5; }
        body { font: 16px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 3rem auto; padding: 0 1.2rem; }
        h1 { font-size: 1.9rem; margin: 0 0 .3rem } h2 { font-size: 1.15rem; margin: 2.2rem 0 .5rem }
        p.lead { margin: 0 0 1.5rem; opacity: .8 }
        ol.chain { list-style: none; display: flex; flex-wrap: wrap; gap: .4rem; padding: 0; align-items: center }
        ol.chain li { border: 1px solid var(--line); border-radius: .5rem; padding: .5rem .8rem; background: var(--soft) }
        ol.chain li.share { border: 0; background: none; color: var(--blue); padding: 0 .2rem }
        table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .4rem .6rem; border-bottom: 1px solid var(--line) }
        td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
        ul { padding-left: 1.2rem } .ok { color: #1a7f37 } .bad { color: #c5221f }
        """;

    public static string Write(DemoStory story, PartnershipOutcome outcome, TimeSpan took)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>A partnership, from licence to royalty</title>
            <style>{Style}</style></head><body>
            <h1>A partnership, from licence to royalty</h1>
            <p class="lead">Played in {took.TotalSeconds:0} s on a small model with random weights, through the API that everybody uses. Figures, ids and refusals are what the system answered.</p>
            <ol class="chain"><li>The lab</li><li class="share">20 % ←</li><li>Meridian</li><li class="share">30 % ←</li><li>Helpdesk</li><li class="share">pays ←</li><li>Acme</li></ol>
            """);
        Money(page, outcome);
        foreach (DemoChapter chapter in story.Chapters)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n<h2>{Text(chapter.Title)}</h2><ul>");
            foreach (string line in chapter.Lines)
            {
                page.Append(CultureInfo.InvariantCulture, $"<li>{Text(line)}</li>");
            }

            page.Append("</ul>");
        }

        return page.Append("\n</body></html>\n").ToString();
    }

    private static void Money(StringBuilder page, PartnershipOutcome outcome)
    {
        Currency currency = outcome.Invoice.Document.Currency;
        long paid = outcome.Invoice.Document.TotalNanos, toCommercialiser = outcome.PartnerStatement.TotalNanos, toLab = outcome.CommercialiserStatement.TotalNanos;
        page.Append("\n<h2>Where the money goes</h2><table><tr><th>Who</th><th>By what</th><th class=\"n\">receives</th><th class=\"n\">passes on</th><th class=\"n\">keeps</th></tr>");
        Row("Helpdesk", $"invoice {outcome.Invoice.Document.Number}", paid, toCommercialiser);
        Row("Meridian", $"statement {outcome.PartnerStatement.Number}", toCommercialiser, toLab);
        Row("The lab", $"statement {outcome.CommercialiserStatement.Number}", toLab, 0);
        page.Append("</table>");
        page.Append(CultureInfo.InvariantCulture, $"<p class=\"{(outcome.Agrees ? "ok" : "bad")}\">{(outcome.Agrees ? "Invoice, statements and the lab's income agree to the cent, and the ledger rebuilds from its transfers." : "The figures do not agree.")}</p>");

        void Row(string who, string what, long receives, long passesOn) => page.Append(
            CultureInfo.InvariantCulture,
            $"<tr><td>{Text(who)}</td><td>{Text(what)}</td><td class=\"n\">{Amount(receives)}</td><td class=\"n\">{Amount(passesOn)}</td><td class=\"n\">{Amount(receives - passesOn)}</td></tr>");

        string Amount(long nanos) => Text(new Money(nanos, currency).ToString());
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
