using System.Text.Json;
using Lazuli.Billing;
using Lazuli.Contracts;
using Lazuli.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lazuli.Platform.Tests;

public sealed class InvoiceEventTests
{
    [Theory]
    [MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task An_invoices_life_is_told_to_issuer_and_customer_and_drafts_to_the_issuer_alone(DatabaseKind kind)
    {
        await using InvoiceFixture fixture = await InvoiceFixture.OpenAsync(kind);
        Invoice invoice = await IssueAsync(fixture);
        await fixture.Invoices.PayAsync(invoice.Id, new Money(1_000_000_000, MoneyFixture.Euro), "part", default);
        await fixture.Invoices.PayAsync(invoice.Id, new Money(1_000_000_000, MoneyFixture.Euro), "part", default); // the same again is nothing
        await fixture.Invoices.PayAsync(invoice.Id, new Money(invoice.Document.TotalNanos - 1_000_000_000, MoneyFixture.Euro), "rest", default);
        IReadOnlyList<OutboxEvent> events = await EventsAsync(fixture);
        Assert.Equal(
            [("invoice.drafted", "partner"), ("invoice.finalised", "partner acme"), ("invoice.part_paid", "partner acme"), ("invoice.paid", "partner acme")],
            events.Select(told => (told.Type, string.Join(' ', told.Audience.Select(one => one.Id)))));
        using JsonDocument data = JsonDocument.Parse(events[2].Data);
        Assert.Equal(invoice.Id.Value, data.RootElement.GetProperty("invoice").GetString());
        Assert.Equal("partner-000001", data.RootElement.GetProperty("number").GetString());
        Assert.Equal("1.00", data.RootElement.GetProperty("paid").GetProperty("amount").GetString());
        Assert.Equal("EUR", data.RootElement.GetProperty("open").GetProperty("currency").GetString());
    }

    [Fact]
    public async Task A_void_tells_of_the_invoice_and_of_the_credit_note_and_a_refused_change_of_nothing()
    {
        await using InvoiceFixture fixture = await InvoiceFixture.OpenAsync(DatabaseKind.Sqlite);
        Invoice invoice = await IssueAsync(fixture);
        int before = (await EventsAsync(fixture)).Count;
        await Assert.ThrowsAsync<BillingRefusedException>(() => fixture.Invoices.PayAsync(invoice.Id, new Money(long.MaxValue / 1_000_000_000 * 1_000_000_000, MoneyFixture.Euro), "much", default));
        Assert.Equal(before, (await EventsAsync(fixture)).Count);
        await fixture.Invoices.VoidAsync(invoice.Id, "wrong address", default);
        Assert.Equal(["invoice.voided", "credit_note.issued"], (await EventsAsync(fixture)).Skip(before).Select(told => told.Type));
    }

    [Theory]
    [MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task An_invoice_that_comes_to_be_overdue_is_told_once_whoever_looks(DatabaseKind kind)
    {
        await using InvoiceFixture fixture = await InvoiceFixture.OpenAsync(kind);
        Invoice invoice = await IssueAsync(fixture);
        using var first = new OverdueInvoices(fixture.Money.Money, fixture.Money.Time, NullLogger<OverdueInvoices>.Instance);
        using var second = new OverdueInvoices(fixture.Money.Money, fixture.Money.Time, NullLogger<OverdueInvoices>.Instance);
        Assert.Equal(0, await first.TellAsync(default));
        fixture.Money.Time.SetUtcNow(invoice.Document.DueAt!.Value.AddSeconds(1));
        int[] told = await Task.WhenAll(first.TellAsync(default), second.TellAsync(default));
        Assert.Equal(1, told.Sum());
        Assert.Equal(0, await first.TellAsync(default));
        Assert.Equal("invoice.overdue", (await EventsAsync(fixture))[^1].Type);
    }

    [Fact]
    public async Task What_is_paid_or_written_off_in_time_is_never_overdue()
    {
        await using InvoiceFixture fixture = await InvoiceFixture.OpenAsync(DatabaseKind.Sqlite);
        Invoice invoice = await IssueAsync(fixture);
        await fixture.Invoices.WriteOffAsync(invoice.Id, "gone", default);
        OutboxEvent last = (await EventsAsync(fixture))[^1];
        Assert.Equal(("invoice.written_off", "partner"), (last.Type, Assert.Single(last.Audience).Id));
        fixture.Money.Time.SetUtcNow(invoice.Document.DueAt!.Value.AddDays(1));
        using var watch = new OverdueInvoices(fixture.Money.Money, fixture.Money.Time, NullLogger<OverdueInvoices>.Instance);
        Assert.Equal(0, await watch.TellAsync(default));
    }

    private static async Task<Invoice> IssueAsync(InvoiceFixture fixture)
    {
        string version = await fixture.PriceAsync("""[{"model":"*","meter":"input","scheme":"perUnit","price":"1","per":1000000},{"model":"*","meter":"output","scheme":"perUnit","price":"10","per":1000000}]""");
        await fixture.UseAsync(version, UsageMeter.OutputTokens, 1_000_000);
        return await fixture.CloseAsync();
    }

    private static Task<IReadOnlyList<OutboxEvent>> EventsAsync(InvoiceFixture fixture) => Outbox.ReadAsync(fixture.Money.Money.Database, 0, 1000, default);
}
