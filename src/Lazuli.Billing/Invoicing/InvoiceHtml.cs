using System.Globalization;
using System.Text;
using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>An invoice as a page to read and print: self-contained, every text from outside escaped.</summary>
internal static class InvoiceHtml
{
    public static string Write(Invoice invoice)
    {
        InvoiceDocument document = invoice.Document;
        string title = document.Kind == InvoiceKind.CreditNote ? "Credit note" : "Invoice";
        var html = new StringBuilder();
        Head(html, invoice, title);
        Facts(html, invoice);
        Table(html, document);
        Foot(html, invoice);
        return HtmlPage.Frame($"{title} {document.Number}", html.ToString());
    }

    private static void Head(StringBuilder html, Invoice invoice, string title)
    {
        InvoiceDocument document = invoice.Document;
        html.Append(CultureInfo.InvariantCulture, $"<header>\n<div>\n<div class=\"seller\">{HtmlPage.Text(document.Issuer.Name)}</div>\n{Address(document.Issuer)}</div>\n");
        html.Append(CultureInfo.InvariantCulture, $"<div>\n<h1>{title}</h1>\n<div class=\"number\">{(document.Number.Length > 0 ? HtmlPage.Text(document.Number) : "without a number")}</div>\n</div>\n</header>\n");
        if (invoice.State == InvoiceState.Draft)
        {
            html.Append("<p class=\"draft\">This is a draft. It may still change and is not to be paid.</p>\n");
        }
    }

    private static void Facts(StringBuilder html, Invoice invoice)
    {
        InvoiceDocument document = invoice.Document;
        html.Append(CultureInfo.InvariantCulture, $"<section class=\"facts\">\n<div><div class=\"label\">For</div><strong>{HtmlPage.Text(document.Customer.Name)}</strong>\n{Address(document.Customer)}</div>\n<dl>\n");
        html.Append(HtmlPage.Fact("Service period", HtmlPage.Days(document.From, document.Until)));
        html.Append(HtmlPage.Fact("Metered by", HtmlPage.Minute(document.Cutoff)));
        if (document.IssuedAt is { } issued)
        {
            html.Append(HtmlPage.Fact("Issued", HtmlPage.Day(issued)));
        }

        if (document.DueAt is { } due && document.TotalNanos > 0)
        {
            html.Append(HtmlPage.Fact("Due", HtmlPage.Day(due)));
        }

        if (document.Credits is { } credits)
        {
            html.Append(HtmlPage.Fact("Takes back", $"{credits}: {document.Reason}"));
        }

        html.Append("</dl>\n</section>\n");
    }

    private static void Table(StringBuilder html, InvoiceDocument document)
    {
        string code = HtmlPage.Text(document.Currency.Code);
        html.Append(CultureInfo.InvariantCulture, $"<div class=\"scroll\">\n<table>\n<thead><tr><th>Description</th><th class=\"n\">Quantity</th><th class=\"n\">Unit price, {code}</th><th class=\"n\">Amount, {code}</th></tr></thead>\n<tbody>\n");
        foreach (InvoiceLine line in document.Lines)
        {
            string details = line.Kind == InvoiceLineKind.Correction
                ? $"{HtmlPage.Days(line.From, line.Until)}{(line.CorrectsEvents.Count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", late events {string.Join(", ", line.CorrectsEvents.Take(3))}{(line.CorrectsEvents.Count > 3 ? " and more" : "")}"))}"
                : line.PriceVersion;
            html.Append(CultureInfo.InvariantCulture, $"<tr><td>{HtmlPage.Text(line.Description)}<small>{HtmlPage.Text(details)}</small></td><td class=\"n\">{HtmlPage.Whole(line.Quantity)}</td><td class=\"n\">{HtmlPage.Exact(line.UnitNanos)}</td><td class=\"n\">{HtmlPage.Rounded(line.Nanos, document.Currency)}</td></tr>\n");
        }

        html.Append(CultureInfo.InvariantCulture, $"</tbody>\n<tfoot>\n<tr><td colspan=\"3\" class=\"n\">Net</td><td class=\"n\">{HtmlPage.Rounded(document.NetNanos, document.Currency)}</td></tr>\n");
        foreach (InvoiceTax tax in document.Taxes)
        {
            html.Append(CultureInfo.InvariantCulture, $"<tr><td colspan=\"3\" class=\"n\">{HtmlPage.Text(tax.Name)}</td><td class=\"n\">{HtmlPage.Rounded(tax.Nanos, document.Currency)}</td></tr>\n");
        }

        html.Append(CultureInfo.InvariantCulture, $"<tr class=\"total\"><td colspan=\"3\" class=\"n\">Total {code}</td><td class=\"n\">{HtmlPage.Rounded(document.TotalNanos, document.Currency)}</td></tr>\n</tfoot>\n</table>\n</div>\n");
    }

    private static void Foot(StringBuilder html, Invoice invoice)
    {
        html.Append("<footer>\n<p>Unit prices are exact. Lines are rounded once, so that they add up to the rounded net.</p>\n");
        if (invoice.Digest.Length > 0)
        {
            html.Append(CultureInfo.InvariantCulture, $"<p>Digest of this document: {HtmlPage.Text(invoice.Digest)}</p>\n");
        }

        html.Append("</footer>\n");
    }

    private static string Address(InvoiceParty party)
    {
        IEnumerable<string> lines = party.TaxId.Length > 0 ? party.Address.Append($"Tax number {party.TaxId}") : party.Address;
        return $"<address>{string.Join("<br>", lines.Select(HtmlPage.Text))}</address>\n";
    }
}
