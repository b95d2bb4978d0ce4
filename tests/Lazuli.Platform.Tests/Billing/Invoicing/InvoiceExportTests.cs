using System.Globalization;
using CsCheck;
using Lazuli.Billing;
using Lazuli.Contracts;
using Lazuli.Testing;

namespace Lazuli.Platform.Tests;

public sealed class InvoiceExportTests
{
    private static readonly string[] s_mandatory =
    [
        "BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency", "BillingPeriodStart", "BillingPeriodEnd", "ChargeCategory", "ChargeClass", "ChargeDescription",
        "ChargePeriodStart", "ChargePeriodEnd", "ContractedCost", "EffectiveCost", "InvoiceIssuerName", "ListCost", "PricingQuantity", "PricingUnit", "ProviderName",
        "PublisherName", "ServiceCategory", "ServiceName",
    ];

    [Fact]
    public void The_csv_form_is_as_it_was() => Golden.Matches(InvoiceCsv.Write(Sample().Document), "invoice.csv");

    [Fact]
    public void The_json_form_is_as_it_was() => Golden.Matches(MoneyJson.Format(Sample().Document), "invoice.json");

    [Fact]
    public void The_html_form_is_as_it_was() => Golden.Matches(InvoiceHtml.Write(Sample()), "invoice.html");

    [Fact]
    public void The_focus_form_is_as_it_was() => Golden.Matches(FocusExport.Write([Sample()]), "invoice.focus.csv");

    [Fact]
    public void Texts_from_outside_are_escaped_on_the_page()
    {
        Invoice sample = Sample();
        Invoice hostile = sample with { Document = sample.Document with { Customer = new InvoiceParty(new PartyId("x"), "<script>alert(1)</script>", ["\"><img src=x>"]), Lines = [sample.Document.Lines[0] with { Description = "<b>&" }] } };
        string page = InvoiceHtml.Write(hostile);
        Assert.DoesNotContain("<script>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_that_a_spreadsheet_would_run_is_kept_from_it_and_quotes_are_doubled()
    {
        Invoice sample = Sample();
        string csv = InvoiceCsv.Write(sample.Document with { Lines = [sample.Document.Lines[0] with { Description = "=cmd|'/c calc'!A1,\"x\"" }] });
        Assert.Contains("\"'=cmd|'/c calc'!A1,\"\"x\"\"\"", csv, StringComparison.Ordinal);
    }

    [Fact]
    public void Focus_has_every_mandatory_column()
    {
        string[] columns = FocusExport.Write([]).Trim().Split(',');
        Assert.Empty(s_mandatory.Except(columns));
        Assert.Equal(columns.Length, columns.Distinct().Count());
    }

    [Fact]
    public void Billed_costs_add_up_to_what_the_invoice_asks_for() =>
        Gen.Select(Gen.Long[-1_000_000_000_000, 1_000_000_000_000].Array[1, 12], Gen.Int[0, 10_000].Array[0, 2]).Sample((nanos, taxes) =>
        {
            InvoiceDocument document = Sample().Document;
            document = InvoiceTotals.Complete(document with
            {
                Lines = [.. nanos.Select(amount => document.Lines[0] with { ExactNanos = amount })],
                Taxes = [.. taxes.Select(points => new InvoiceTax("tax", points))],
            });
            string[] rows = FocusExport.Write([new Invoice(new InvoiceId("i"), InvoiceState.Finalised, document, "", 0)]).Trim().Split("\r\n")[1..];
            decimal billed = rows.Sum(row => decimal.Parse(row.Split(',')[0], CultureInfo.InvariantCulture));
            Assert.Equal(document.TotalOf().Units, billed);
            Assert.Equal(document.NetNanos, document.Lines.Sum(line => line.Nanos));
        });

    [Fact]
    public void A_credit_line_shows_the_whole_credit_beside_many_small_lines() // autumn #3407: the credit line showed 99.98 of 100.00
    {
        InvoiceDocument document = Sample().Document;
        long[] parts = Allocation.Split(100 * Money.NanosPerUnit, Enumerable.Repeat(1L, 81).ToArray());
        document = InvoiceTotals.Complete(document with
        {
            Taxes = [],
            Lines = [.. parts.Select(part => document.Lines[0] with { ExactNanos = part }), document.Lines[0] with { Kind = InvoiceLineKind.Credit, ExactNanos = -100 * Money.NanosPerUnit }],
        });
        Assert.Equal(0, document.TotalNanos);
        Assert.Equal(-100 * Money.NanosPerUnit, document.Lines[^1].Nanos);
    }

    internal static Invoice Sample()
    {
        DateTimeOffset from = InvoiceFixture.November;
        InvoiceLine line = new()
        {
            Kind = InvoiceLineKind.Usage,
            Description = "tiny: output tokens, tier 1",
            PriceVersion = "std@1",
            GrantChain = InvoiceFixture.Chain,
            Model = "tiny",
            Meter = UsageMeter.OutputTokens,
            Quantity = 12_345_678,
            UnitNanos = 600,
            ExactNanos = 12_345_678 * 600L,
            From = from,
            Until = from.AddMonths(1),
        };
        InvoiceRequest request = InvoiceFixture.Request();
        var document = new InvoiceDocument
        {
            Kind = InvoiceKind.Invoice,
            Number = "partner-000007",
            Issuer = request.Issuer,
            Customer = request.Customer,
            Currency = request.Currency,
            From = from,
            Until = request.Until,
            Cutoff = request.Until.AddHours(1),
            InvoiceAt = request.Until,
            IssuedAt = request.Until.AddHours(2),
            DueAt = request.Until.AddHours(2).AddDays(30),
            PaymentDays = 30,
            Lines =
            [
                line,
                line with { Description = "tiny: output tokens, tier 2", Tier = 1, Quantity = 7, UnitNanos = 400, ExactNanos = 2800 },
                line with { Kind = InvoiceLineKind.Fee, Description = "Support", Meter = null, Model = "", GrantChain = [], Quantity = 1, UnitNanos = 20 * Money.NanosPerUnit, ExactNanos = 20 * Money.NanosPerUnit },
                line with
                {
                    Kind = InvoiceLineKind.Correction, Description = "tiny: output tokens, tier 1, correction of partner-000006", Quantity = -15, UnitNanos = 1_000_000_000, ExactNanos = -15 * Money.NanosPerUnit,
                    From = from.AddMonths(-1), Until = from, CorrectsInvoice = "partner-000006", CorrectsEvents = ["node/3", "node/4", "node/8", "node/9"],
                },
                line with { Kind = InvoiceLineKind.Credit, Description = "Paid by credit", PriceVersion = "", Meter = null, Model = "", GrantChain = [], Quantity = 1, UnitNanos = -1_500_000_000, ExactNanos = -1_500_000_000 },
            ],
            Taxes = request.Taxes,
            NetNanos = 0,
            TotalNanos = 0,
        };
        document = InvoiceTotals.Complete(document);
        return new Invoice(new InvoiceId("inv_x"), InvoiceState.Finalised, document, MoneyJson.Digest(MoneyJson.Format(document)), 0);
    }
}
