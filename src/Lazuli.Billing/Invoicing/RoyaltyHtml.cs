using System.Globalization;
using System.Text;
using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>A royalty statement as a page to read and print.</summary>
internal static class RoyaltyHtml
{
    public static string Write(RoyaltyStatement statement)
    {
        string code = HtmlPage.Text(statement.Currency.Code);
        var html = new StringBuilder();
        html.Append(CultureInfo.InvariantCulture, $"<header>\n<div class=\"seller\">{HtmlPage.Text(statement.Licensor.Value)}</div>\n<div>\n<h1>Royalty statement</h1>\n<div class=\"number\">{HtmlPage.Text(statement.Number)}</div>\n</div>\n</header>\n");
        html.Append(CultureInfo.InvariantCulture, $"<section class=\"facts\">\n<div><div class=\"label\">Owed by</div><strong>{HtmlPage.Text(statement.Licensee.Value)}</strong></div>\n<dl>\n");
        html.Append(HtmlPage.Fact("Period", HtmlPage.Days(statement.From, statement.Until))).Append(HtmlPage.Fact("Issued", HtmlPage.Day(statement.IssuedAt))).Append("</dl>\n</section>\n");
        html.Append(CultureInfo.InvariantCulture, $"<div class=\"scroll\">\n<table>\n<thead><tr><th>Invoice</th><th class=\"n\">Tokens</th><th class=\"n\">Gross, {code}</th><th class=\"n\">Share</th><th class=\"n\">Amount, {code}</th></tr></thead>\n<tbody>\n");
        foreach (RoyaltyLine line in statement.Lines)
        {
            string share = (line.ShareBasisPoints / 100m).ToString("0.##", CultureInfo.InvariantCulture);
            html.Append(CultureInfo.InvariantCulture, $"<tr><td>{HtmlPage.Text(line.Invoice)}<small>{HtmlPage.Text(line.Grant.Value)}</small></td><td class=\"n\">{HtmlPage.Whole(line.Tokens)}</td><td class=\"n\">{HtmlPage.Rounded(line.GrossNanos, statement.Currency)}</td><td class=\"n\">{share} %</td><td class=\"n\">{HtmlPage.Rounded(line.Nanos, statement.Currency)}</td></tr>\n");
        }

        html.Append("</tbody>\n<tfoot>\n");
        if (statement.FixedNanos != 0)
        {
            html.Append(CultureInfo.InvariantCulture, $"<tr><td colspan=\"4\" class=\"n\">Fixed fees</td><td class=\"n\">{HtmlPage.Rounded(statement.FixedNanos, statement.Currency)}</td></tr>\n");
        }

        html.Append(CultureInfo.InvariantCulture, $"<tr class=\"total\"><td colspan=\"4\" class=\"n\">Total {code}</td><td class=\"n\">{HtmlPage.Rounded(statement.TotalNanos, statement.Currency)}</td></tr>\n</tfoot>\n</table>\n</div>\n");
        html.Append(CultureInfo.InvariantCulture, $"<footer>\n<p>Gross is what the licensee received for use under the grant. Each amount is the share of it, rounded once, and tokens at the grant's plan where it has one.</p>\n<p>Digest of this document: {HtmlPage.Text(statement.Digest)}</p>\n</footer>\n");
        return HtmlPage.Frame($"Royalty statement {statement.Number}", html.ToString());
    }
}
