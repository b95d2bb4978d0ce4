using Lazuli.Billing;
using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Platform.Tests;

public abstract class InvoiceTests(DatabaseKind kind) : IAsyncLifetime
{
    private const long Cent = 10_000_000;
    private const string Simple = """[{"model":"*","meter":"input","scheme":"perUnit","price":"0.15","per":1000000},{"model":"*","meter":"output","scheme":"perUnit","price":"0.6","per":1000000}]""";

    private const string Tiers = """
        [{"model":"*","meter":"input","scheme":"perUnit","price":"0"},
         {"model":"*","meter":"output","scheme":"volume","tiers":[{"upTo":15,"price":"10"},{"price":"5"}]}]
        """;

    private InvoiceFixture _fixture = null!;

    public async ValueTask InitializeAsync()
    {
        _fixture = await InvoiceFixture.OpenAsync(kind);
    }

    public async ValueTask DisposeAsync()
    {
        if (_fixture is not null)
        {
            await _fixture.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_month_becomes_a_numbered_invoice_booked_to_the_cent()
    {
        string version = await _fixture.PriceAsync(Simple, """[{"name":"Support","price":"20"}]""");
        await _fixture.UseAsync(version, UsageMeter.InputTokens, 1_234_567);
        await _fixture.UseAsync(version, UsageMeter.OutputTokens, 7_654_321);
        Invoice invoice = await _fixture.CloseAsync();
        Assert.Equal(InvoiceState.Finalised, invoice.State);
        Assert.Equal("partner-000001", invoice.Document.Number);
        Assert.Equal([185_185_050L, 4_592_592_600, 20_000_000_000], invoice.Document.Lines.Select(line => line.ExactNanos));
        Assert.Equal([19 * Cent, 459 * Cent, 2000 * Cent], invoice.Document.Lines.Select(line => line.Nanos));
        Assert.Equal(2478 * Cent, invoice.Document.NetNanos);
        Assert.Equal(471 * Cent, invoice.Document.Taxes[0].Nanos);
        Assert.Equal(2949 * Cent, invoice.Document.TotalNanos);
        Assert.Equal(0, await _fixture.BalanceAsync("customer:acme:accrued:partner"));
        Assert.Equal(2949 * Cent, await _fixture.BalanceAsync("customer:acme:receivable:partner"));
        Assert.Equal(2478 * Cent, await _fixture.BalanceAsync("earnings:partner"));
        Assert.Equal(471 * Cent, await _fixture.BalanceAsync("tax:partner:payable"));
        Assert.True((await _fixture.Money.Ledger.VerifyAsync(default)).Holds);
        Assert.Equal(MoneyJson.Digest(_fixture.Invoices.Export(invoice, InvoiceFormat.Json)), invoice.Digest);
    }

    [Fact]
    public async Task Use_of_sandbox_keys_is_on_no_invoice()
    {
        string version = await _fixture.PriceAsync(Simple);
        await _fixture.UseAsync(version, UsageMeter.OutputTokens, 1_000_000);
        await _fixture.UseAsync(TokenPrices.SandboxVersion, UsageMeter.OutputTokens, 5_000_000);
        Invoice invoice = await _fixture.CloseAsync();
        InvoiceLine line = Assert.Single(invoice.Document.Lines);
        Assert.Equal((version, 1_000_000L, 60 * Cent), (line.PriceVersion, line.Quantity, line.Nanos));
    }

    [Fact]
    public async Task Finalising_twice_is_finalising_once()
    {
        await UseOneAsync();
        Invoice invoice = await _fixture.CloseAsync();
        Invoice again = await _fixture.Invoices.FinaliseAsync(invoice.Id, default);
        Assert.Equal(invoice.Digest, again.Digest);
        Assert.Equal("partner-000001", again.Document.Number);
    }

    [Fact]
    public async Task A_period_that_is_not_complete_is_not_finalised_and_takes_no_number()
    {
        await UseOneAsync();
        _fixture.Money.Time.SetUtcNow(InvoiceFixture.December.AddHours(1));
        Invoice draft = await _fixture.Invoices.DraftAsync(InvoiceFixture.Request(), default);
        _fixture.Usage.Incomplete = "node-2 sent no heartbeat at 12:03";
        BillingRefusedException refused = await Assert.ThrowsAsync<BillingRefusedException>(() => _fixture.Invoices.FinaliseAsync(draft.Id, default));
        Assert.Equal(BillingRefusal.PeriodIncomplete, refused.Code);
        Assert.Contains("node-2 sent no heartbeat", refused.Message, StringComparison.Ordinal);
        _fixture.Usage.Incomplete = null;
        Assert.Equal("partner-000001", (await _fixture.Invoices.FinaliseAsync(draft.Id, default)).Document.Number);
    }

    [Fact]
    public async Task A_month_that_is_not_over_is_not_finalised()
    {
        await UseOneAsync();
        Invoice draft = await _fixture.Invoices.DraftAsync(InvoiceFixture.Request(), default);
        Assert.Equal(BillingRefusal.PeriodIncomplete, (await Assert.ThrowsAsync<BillingRefusedException>(() => _fixture.Invoices.FinaliseAsync(draft.Id, default))).Code);
    }

    [Fact]
    public async Task Drafting_again_replaces_the_draft_and_after_finalising_is_refused()
    {
        string version = await UseOneAsync();
        Invoice first = await _fixture.Invoices.DraftAsync(InvoiceFixture.Request(), default);
        await _fixture.UseAsync(version, UsageMeter.InputTokens, 1_000_000);
        Invoice second = await _fixture.Invoices.DraftAsync(InvoiceFixture.Request(), default);
        Assert.Equal(first.Id, second.Id);
        Assert.Equal(2, second.Document.Lines[0].Quantity / 1_000_000);
        Assert.Equal("", second.Digest);
        await _fixture.CloseAsync();
        Assert.Equal(BillingRefusal.Conflict, (await Assert.ThrowsAsync<BillingRefusedException>(() => _fixture.Invoices.DraftAsync(InvoiceFixture.Request(), default))).Code);
        InvoiceRequest overlapping = InvoiceFixture.Request() with { From = InvoiceFixture.November.AddDays(3) };
        Assert.Equal(BillingRefusal.Conflict, (await Assert.ThrowsAsync<BillingRefusedException>(() => _fixture.Invoices.DraftAsync(overlapping, default))).Code);
    }

    [Fact]
    public async Task Late_use_comes_as_a_correction_that_names_the_invoice_and_the_events()
    {
        string version = await _fixture.PriceAsync(Tiers);
        await _fixture.UseAsync(version, UsageMeter.OutputTokens, 15);
        Invoice november = await _fixture.CloseAsync();
        Assert.Equal(150 * Money.NanosPerUnit, november.Document.NetNanos);
        string bytes = _fixture.Invoices.Export(november, InvoiceFormat.Json);
        _fixture.Money.Time.Advance(TimeSpan.FromDays(2));
        await _fixture.UseAsync(version, UsageMeter.OutputTokens, 1, InvoiceFixture.December.AddSeconds(-1)); // ended in November
        await _fixture.UseAsync(version, UsageMeter.OutputTokens, 2);
        Invoice december = await _fixture.CloseAsync(InvoiceFixture.December);
        InvoiceLine[] corrections = [.. december.Document.Lines.Where(line => line.Kind == InvoiceLineKind.Correction)];
        Assert.Equal([(-15L, -150 * Money.NanosPerUnit), (16L, 80 * Money.NanosPerUnit)], corrections.Select(line => (line.Quantity, line.Nanos)));
        Assert.All(corrections, line => Assert.Equal("partner-000001", line.CorrectsInvoice));
        Assert.All(corrections, line => Assert.Equal(["node/2"], line.CorrectsEvents));
        Assert.Equal(InvoiceKind.CreditNote, december.Document.Kind); // 20 - 70: more goes back than is to be paid
        Assert.Equal(-50 * Money.NanosPerUnit, december.Document.NetNanos);
        Assert.Equal(0, await _fixture.BalanceAsync("customer:acme:accrued:partner"));
        Assert.Equal(bytes, _fixture.Invoices.Export((await _fixture.Invoices.FindAsync("partner-000001", default))!, InvoiceFormat.Json));

        // What was corrected once is not corrected again.
        Invoice january = await _fixture.CloseAsync(InvoiceFixture.December.AddMonths(1));
        Assert.Empty(january.Document.Lines);
        Assert.Equal(InvoiceState.Paid, january.State);
        Assert.True((await _fixture.Money.Ledger.VerifyAsync(default)).Holds);
    }

    [Fact]
    public async Task A_draft_that_metering_contradicts_is_not_finalised()
    {
        string version = await UseOneAsync();
        _fixture.Money.Time.SetUtcNow(InvoiceFixture.December.AddHours(1));
        Invoice draft = await _fixture.Invoices.DraftAsync(InvoiceFixture.Request(), default);
        _fixture.Usage.Add(new MeteredQuantity(InvoiceFixture.Customer, InvoiceFixture.Chain, version, "tiny", UsageMeter.OutputTokens, false, 1, 0), "x/1", InvoiceFixture.November, InvoiceFixture.November);
        Assert.Equal(BillingRefusal.WrongState, (await Assert.ThrowsAsync<BillingRefusedException>(() => _fixture.Invoices.FinaliseAsync(draft.Id, default))).Code);
        draft = await _fixture.Invoices.DraftAsync(InvoiceFixture.Request(), default);
        Assert.Equal(InvoiceState.Finalised, (await _fixture.Invoices.FinaliseAsync(draft.Id, default)).State);
    }

    [Fact]
    public async Task Payments_lead_from_part_paid_to_paid_and_the_same_reference_counts_once()
    {
        await UseOneAsync();
        Invoice invoice = await _fixture.CloseAsync();
        Money part = new(10 * Cent, MoneyFixture.Euro);
        Assert.Equal(InvoiceState.PartPaid, (await _fixture.Invoices.PayAsync(invoice.Id, part, "bank-1", default)).State);
        Assert.Equal(10 * Cent, (await _fixture.Invoices.PayAsync(invoice.Id, part, "bank-1", default)).PaidNanos);
        Assert.Equal(BillingRefusal.Conflict, (await Assert.ThrowsAsync<BillingRefusedException>(() => _fixture.Invoices.PayAsync(invoice.Id, new Money(Cent, MoneyFixture.Euro), "bank-1", default))).Code);
        Assert.Equal(BillingRefusal.NotEnough, (await Assert.ThrowsAsync<BillingRefusedException>(() => _fixture.Invoices.PayAsync(invoice.Id, new Money(999 * Cent, MoneyFixture.Euro), "bank-2", default))).Code);
        Assert.Equal(BillingRefusal.Invalid, (await Assert.ThrowsAsync<BillingRefusedException>(() => _fixture.Invoices.PayAsync(invoice.Id, new Money(1, MoneyFixture.Euro), "bank-2", default))).Code);
        Assert.Equal(BillingRefusal.Invalid, (await Assert.ThrowsAsync<BillingRefusedException>(() => _fixture.Invoices.PayAsync(invoice.Id, new Money(Cent, new Currency("USD")), "bank-2", default))).Code);
        Invoice paid = await _fixture.Invoices.PayAsync(invoice.Id, new Money(invoice.Document.TotalNanos - (10 * Cent), MoneyFixture.Euro), "bank-2", default);
        Assert.Equal((InvoiceState.Paid, 0L), (paid.State, paid.OpenNanos));
        Assert.Equal(0, await _fixture.BalanceAsync("customer:acme:receivable:partner"));
        Assert.Equal(invoice.Document.TotalNanos, await _fixture.BalanceAsync("cash:partner"));
        Assert.Equal(BillingRefusal.WrongState, (await Assert.ThrowsAsync<BillingRefusedException>(() => _fixture.Invoices.VoidAsync(invoice.Id, "mistake", default))).Code);
    }

    [Fact]
    public async Task An_unpaid_invoice_is_overdue_after_its_due_date_and_can_be_written_off()
    {
        await UseOneAsync();
        Invoice invoice = await _fixture.CloseAsync();
        _fixture.Money.Time.Advance(TimeSpan.FromDays(31));
        Assert.Equal(InvoiceState.Overdue, (await _fixture.Invoices.FindAsync(invoice.Document.Number, default))!.State);
        Assert.Equal(InvoiceState.WrittenOff, (await _fixture.Invoices.WriteOffAsync(invoice.Id, "insolvent", default)).State);
        Assert.Equal(InvoiceState.WrittenOff, (await _fixture.Invoices.WriteOffAsync(invoice.Id, "insolvent", default)).State);
        Assert.Equal(invoice.Document.TotalNanos, await _fixture.BalanceAsync("written-off:partner"));
        Assert.Equal(BillingRefusal.WrongState, (await Assert.ThrowsAsync<BillingRefusedException>(() => _fixture.Invoices.PayAsync(invoice.Id, new Money(Cent, MoneyFixture.Euro), "x", default))).Code);
    }

    [Fact]
    public async Task Voiding_takes_everything_back_by_a_credit_note_and_the_month_may_be_invoiced_again()
    {
        await UseOneAsync();
        Invoice invoice = await _fixture.CloseAsync();
        Invoice note = await _fixture.Invoices.VoidAsync(invoice.Id, "wrong address", default);
        Assert.Equal((InvoiceKind.CreditNote, "partner-000002", "partner-000001"), (note.Document.Kind, note.Document.Number, note.Document.Credits));
        Assert.Equal(-invoice.Document.TotalNanos, note.Document.TotalNanos);
        Invoice voided = (await _fixture.Invoices.FindAsync("partner-000001", default))!;
        Assert.Equal((InvoiceState.Voided, invoice.Digest, 0L), (voided.State, voided.Digest, voided.OpenNanos));
        Assert.Equal(0, await _fixture.BalanceAsync("customer:acme:receivable:partner"));
        Assert.Equal(150_000_000, await _fixture.BalanceAsync("customer:acme:accrued:partner"));
        Assert.Equal(0, await _fixture.BalanceAsync("royalty:lab:receivable"));
        Assert.Equal("partner-000003", (await _fixture.CloseAsync()).Document.Number);
        Assert.Equal(BillingRefusal.WrongState, (await Assert.ThrowsAsync<BillingRefusedException>(() => _fixture.Invoices.VoidAsync(invoice.Id, "again", default))).Code);
        Assert.True((await _fixture.Money.Ledger.VerifyAsync(default)).Holds);
    }

    [Fact]
    public async Task Numbers_have_no_gaps_whoever_finalises_at_once()
    {
        string version = await _fixture.PriceAsync(Simple);
        var drafts = new List<InvoiceId>();
        await _fixture.UseAsync(version, UsageMeter.InputTokens, 1_000_000);
        _fixture.Money.Time.SetUtcNow(InvoiceFixture.December.AddDays(1));
        for (int day = 0; day < 12; day++)
        {
            InvoiceRequest request = InvoiceFixture.Request() with { From = InvoiceFixture.November.AddDays(day), Until = InvoiceFixture.November.AddDays(day + 1) };
            drafts.Add((await _fixture.Invoices.DraftAsync(request, default)).Id);
        }

        MoneyDatabase other = _fixture.Money.OpenAgain(); // another process on the same database
        var elsewhere = new Invoices(other, new InvoiceComposer(_fixture.Usage, _fixture.Money.Prices), _fixture.Usage, _fixture.Usage, _fixture, _fixture, _fixture.Money.Time);
        Invoice[] all = await Task.WhenAll(
            drafts.Select(id => Task.Run(() => _fixture.Invoices.FinaliseAsync(id, default))).Concat(drafts.Select(id => Task.Run(() => elsewhere.FinaliseAsync(id, default)))));
        Assert.Equal(Enumerable.Range(1, 12).Select(number => $"partner-{number:000000}"), all.Select(invoice => invoice.Document.Number).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Use_under_an_unknown_price_version_stops_the_invoice()
    {
        await UseOneAsync();
        _fixture.Usage.Add(new MeteredQuantity(InvoiceFixture.Customer, InvoiceFixture.Chain, "gone@1", "tiny", UsageMeter.OutputTokens, false, 1, 0), "x/1", InvoiceFixture.November, InvoiceFixture.November);
        Assert.Equal(BillingRefusal.NotFound, (await Assert.ThrowsAsync<BillingRefusedException>(() => _fixture.Invoices.DraftAsync(InvoiceFixture.Request(), default))).Code);
    }

    [Fact]
    public async Task Credit_is_a_line_and_only_the_rest_is_receivable()
    {
        string version = await _fixture.PriceAsync(Simple);
        await _fixture.Credits.GrantAsync(
            new CreditGrant { Id = "c1", Party = InvoiceFixture.Customer, Issuer = InvoiceFixture.Partner, Kind = CreditKind.Paid, Amount = new Money(100_000_000, MoneyFixture.Euro), From = InvoiceFixture.November }, default);
        await _fixture.UseAsync(version, UsageMeter.InputTokens, 1_000_000);
        Invoice invoice = await _fixture.CloseAsync();
        Assert.Equal([150_000_000L, -100_000_000], invoice.Document.Lines.Select(line => line.ExactNanos));
        Assert.Equal(5 * Cent, invoice.Document.NetNanos);
        Assert.Equal(0, await _fixture.BalanceAsync("customer:acme:accrued:partner"));
        Assert.Equal(0, await _fixture.BalanceAsync("customer:acme:prepaid:partner"));
        Assert.Equal(6 * Cent, await _fixture.BalanceAsync("customer:acme:receivable:partner"));
        Assert.Equal(15 * Cent, await _fixture.BalanceAsync("earnings:partner"));
    }

    private async Task<string> UseOneAsync()
    {
        string version = await _fixture.PriceAsync(Simple);
        await _fixture.UseAsync(version, UsageMeter.InputTokens, 1_000_000);
        return version;
    }
}

public sealed class InvoiceSqliteTests() : InvoiceTests(DatabaseKind.Sqlite);

public sealed class InvoicePostgresTests() : InvoiceTests(DatabaseKind.Postgres);
