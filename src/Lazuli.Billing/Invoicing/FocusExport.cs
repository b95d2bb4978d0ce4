using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>Invoices as rows of FOCUS 1.2 (FinOps Open Cost and Usage Specification), CSV: all mandatory columns, and those of the others that apply.</summary>
/// <remarks>Periods begin inclusive and end exclusive, UTC. BilledCost adds up to what each invoice asks for. Nothing is amortised, so EffectiveCost is BilledCost; there is one price list, so list and contracted costs are the exact amount.</remarks>
internal static class FocusExport
{
    private const string Provider = "Lazuli";
    private static readonly string[] s_columns =
    [
        "BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency", "BillingPeriodEnd", "BillingPeriodStart", "ChargeCategory", "ChargeClass",
        "ChargeDescription", "ChargeFrequency", "ChargePeriodEnd", "ChargePeriodStart", "ConsumedQuantity", "ConsumedUnit", "ContractedCost", "ContractedUnitPrice",
        "EffectiveCost", "InvoiceId", "InvoiceIssuerName", "ListCost", "ListUnitPrice", "PricingCategory", "PricingQuantity", "PricingUnit", "ProviderName",
        "PublisherName", "ResourceId", "ResourceName", "ResourceType", "ServiceCategory", "ServiceName", "ServiceSubcategory", "SkuId", "SkuMeter", "SkuPriceId",
    ];

    /// <summary>Rows of finalised invoices and credit notes, those that were voided and their notes too.</summary>
    public static string Write(IEnumerable<Invoice> invoices)
    {
        CsvText csv = new CsvText().Header(s_columns);
        foreach (Invoice invoice in invoices)
        {
            foreach (InvoiceLine line in invoice.Document.Lines)
            {
                Line(csv, invoice.Document, line);
            }

            foreach (InvoiceTax tax in invoice.Document.Taxes)
            {
                Tax(csv, invoice.Document, tax);
            }
        }

        return csv.ToString();
    }

    private static void Line(CsvText csv, InvoiceDocument document, InvoiceLine line)
    {
        bool isCorrection = line.Kind == InvoiceLineKind.Correction || document.Credits is not null;
        bool isMetered = line.Meter is not null && !line.IsTierFee;
        string category = line.Kind switch { InvoiceLineKind.Fee => "Purchase", InvoiceLineKind.Credit => "Credit", _ => line.IsTierFee ? "Purchase" : "Usage" };
        string unit = Unit(line.Meter);
        Begin(csv, document, line.Nanos, category, isCorrection, line.Description, category == "Usage" ? "Usage-Based" : category == "Credit" ? "One-Time" : "Recurring", line.From, line.Until);
        _ = isMetered && !isCorrection ? csv.Number(line.Quantity).Text(unit) : csv.Null().Null();
        csv.Amount(line.ExactNanos);
        _ = isMetered ? csv.Amount(line.UnitNanos) : csv.Null();
        Middle(csv, document, line.Nanos, line.ExactNanos);
        _ = isMetered ? csv.Amount(line.UnitNanos).Text("Standard").Number(line.Quantity).Text(unit) : csv.Null().Null().Null().Null();
        csv.Text(Provider).Text(document.Issuer.Name);
        _ = line.Model.Length > 0 ? csv.Text(line.Model).Text(line.Model).Text("Model") : csv.Null().Null().Null();
        Service(csv);
        string sku = line.Model.Length > 0 && line.Meter is { } meter ? $"{line.Model}/{meter}" : line.Kind == InvoiceLineKind.Fee ? line.Description : "";
        csv.Text(sku).Text(line.Meter?.ToString() ?? "").Text(line.PriceVersion).End();
    }

    private static void Tax(CsvText csv, InvoiceDocument document, InvoiceTax tax)
    {
        Begin(csv, document, tax.Nanos, "Tax", document.Credits is not null, tax.Name, "One-Time", document.From, document.Until);
        csv.Null().Null().Amount(tax.Nanos).Null();
        Middle(csv, document, tax.Nanos, tax.Nanos);
        csv.Null().Null().Null().Null().Text(Provider).Text(document.Issuer.Name).Null().Null().Null();
        Service(csv);
        csv.Null().Null().Null().End();
    }

    private static void Begin(
        CsvText csv, InvoiceDocument document, long nanos, string category, bool isCorrection, string description, string frequency, DateTimeOffset from, DateTimeOffset until) =>
        csv.Amount(nanos).Text(document.Customer.Id.Value).Text(document.Customer.Name).Text(document.Currency.Code).Time(document.Until).Time(document.From)
            .Text(category).Text(isCorrection ? "Correction" : "").Text(description).Text(frequency).Time(until).Time(from);

    private static void Middle(CsvText csv, InvoiceDocument document, long nanos, long listNanos) =>
        csv.Amount(nanos).Text(document.Number).Text(document.Issuer.Name).Amount(listNanos);

    private static void Service(CsvText csv) => csv.Text("AI and Machine Learning").Text("Lazuli model serving").Text("Generative AI");

    private static string Unit(UsageMeter? meter) => meter switch
    {
        UsageMeter.Requests => "Requests",
        UsageMeter.DeviceSeconds => "Device-Seconds",
        null => "",
        _ => "Tokens",
    };
}
