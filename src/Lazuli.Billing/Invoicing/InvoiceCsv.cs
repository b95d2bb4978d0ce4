using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>An invoice as CSV: a row a line, a row a tax; the column <c>amount</c> adds up to the total.</summary>
internal static class InvoiceCsv
{
    private static readonly string[] s_columns =
        ["invoice", "kind", "description", "price_version", "grants", "model", "quantity", "unit_price", "exact_amount", "amount", "currency", "from", "until", "corrects"];

    public static string Write(InvoiceDocument document)
    {
        CsvText csv = new CsvText().Header(s_columns);
        foreach (InvoiceLine line in document.Lines)
        {
            csv.Text(document.Number).Text(line.Kind.ToString()).Text(line.Description).Text(line.PriceVersion).Text(GrantChainText.Join(line.GrantChain)).Text(line.Model)
                .Number(line.Quantity).Amount(line.UnitNanos).Amount(line.ExactNanos).Amount(line.Nanos).Text(document.Currency.Code)
                .Time(line.From).Time(line.Until).Text(line.CorrectsInvoice ?? "").End();
        }

        foreach (InvoiceTax tax in document.Taxes)
        {
            csv.Text(document.Number).Text("Tax").Text(tax.Name).Null().Null().Null().Null().Null().Amount(tax.Nanos).Amount(tax.Nanos).Text(document.Currency.Code)
                .Time(document.From).Time(document.Until).Null().End();
        }

        return csv.ToString();
    }

    /// <summary>A royalty statement: a row a line, a row for fixed fees; <c>amount</c> adds up to the total.</summary>
    public static string Write(RoyaltyStatement statement)
    {
        CsvText csv = new CsvText().Header(["statement", "invoice", "grant", "chain", "tokens", "gross", "share_basis_points", "amount", "currency"]);
        foreach (RoyaltyLine line in statement.Lines)
        {
            csv.Text(statement.Number).Text(line.Invoice).Text(line.Grant.Value).Text(GrantChainText.Join(line.GrantChain)).Number(line.Tokens).Amount(line.GrossNanos).Number(line.ShareBasisPoints)
                .Amount(line.Nanos).Text(statement.Currency.Code).End();
        }

        if (statement.FixedNanos != 0)
        {
            csv.Text(statement.Number).Text("fixed fees").Null().Null().Null().Null().Null().Amount(statement.FixedNanos).Text(statement.Currency.Code).End();
        }

        return csv.ToString();
    }
}
