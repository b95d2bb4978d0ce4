using CsCheck;
using Lazuli.Billing;
using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Platform.Tests.Billing;

public sealed class CorrectionTests
{
    private const long Cent = 10_000_000;

    public static TheoryData<DatabaseKind> Kinds => TestDatabases.All;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Corrections_are_new_events_that_chain_and_move_the_ledger(DatabaseKind kind)
    {
        await using OutsideFixture test = await OutsideFixture.OpenAsync(kind);
        Guid request = await test.UseAsync(100, 20);
        MeterEvent first = await test.Events.CorrectAsync(Actor.Local, new EventCorrection { Request = request, Completion = 5, Reason = "blocked by moderation" }, default);
        Assert.Equal((MeterEventKind.Correction, 0L, -15L, -15 * 40_000L), (first.Kind, first.Tokens.Prompt, first.Tokens.Completion, first.Charge.Nanos));
        Assert.Equal(OutsideFixture.ChargeOf(100, 5), await test.AccruedAsync());
        MeterEvent second = await test.Events.CorrectAsync(Actor.Local, new EventCorrection { Event = first.Corrects, Completion = 8, Prompt = 90, Reason = "counted again" }, default);
        Assert.Equal((first.Corrects, -10L, 3L), (second.Corrects, second.Tokens.Prompt, second.Tokens.Completion));
        Assert.Equal(OutsideFixture.ChargeOf(90, 8), await test.AccruedAsync());
        MeterEvent third = await test.Events.CorrectAsync(Actor.Local, new EventCorrection { Request = request, Void = true, Reason = "never asked for" }, default);
        Assert.Equal(-1, third.Requests);
        Assert.Equal(0, await test.AccruedAsync());
        MeterEvent original = (await test.Stored.FindAsync(request, default))!;
        Assert.Equal((20L, OutsideFixture.ChargeOf(100, 20)), (original.Tokens.Completion, original.Charge.Nanos)); // nothing is changed in place

        await Refused(new EventCorrection { Request = request, Void = true, Reason = "again" }, BillingRefusal.Invalid); // nothing to correct
        await Refused(new EventCorrection { Request = request, Completion = -1, Reason = "below zero" }, BillingRefusal.Invalid);
        await Refused(new EventCorrection { Request = request, Cached = 1_000, Reason = "more than there are" }, BillingRefusal.Invalid);
        await Refused(new EventCorrection { Request = request, DeviceSeconds = 5, Reason = "no job" }, BillingRefusal.Invalid);
        await Refused(new EventCorrection { Request = Guid.NewGuid(), Void = true, Reason = "none" }, BillingRefusal.NotFound);
        await Refused(new EventCorrection { Request = request, Reason = "says nothing" }, BillingRefusal.Invalid);
        await Refused(new EventCorrection { Request = request, Void = true, Reason = " " }, BillingRefusal.Invalid);
        await Refused(new EventCorrection { Event = new EventIdentity(first.Source, first.Sequence), Void = true, Reason = "a correction" }, BillingRefusal.Conflict);
        LedgerVerdict verdict = await test.Money.Ledger.VerifyAsync(default);
        Assert.True(verdict.Holds, verdict.FirstDifference);

        async Task Refused(EventCorrection correction, BillingRefusal code) =>
            Assert.Equal(code, (await Assert.ThrowsAsync<BillingRefusedException>(() => test.Events.CorrectAsync(Actor.Local, correction, default))).Code);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task What_comes_after_the_close_is_on_the_next_invoice_and_names_the_one_it_corrects(DatabaseKind kind)
    {
        await using OutsideFixture test = await OutsideFixture.OpenAsync(kind);
        Guid request = await test.UseAsync(100_000, 100);
        await test.TakeAsync(test.Event(1, prompt: 1_000, completion: 1_000));
        Invoice november = await test.CloseAsync(OutsideFixture.November);
        Assert.Equal(105 * Cent, november.Document.NetNanos); // 101,000 · 0.00001 + 1,100 · 0.00004
        string frozen = test.Invoices.Export(november, InvoiceFormat.Json);

        MeterEvent correction = await test.Events.CorrectAsync(Actor.Local, new EventCorrection { Request = request, Prompt = 50_000, Reason = "a prompt that was fed twice" }, default);
        Assert.Equal(EventVerdictKind.Accepted, (await test.TakeOneAsync(test.Event(2, e => e["time"] = "2026-11-30T23:59:59Z", prompt: 500, completion: 500))).Kind);
        await test.UseAsync(100_000, 1_000);
        Invoice december = await test.CloseAsync(InvoiceFixture.December);
        InvoiceLine[] lines = [.. december.Document.Lines.Where(line => line.Kind == InvoiceLineKind.Correction)];
        Assert.Equal([(UsageMeter.InputTokens, -49_500L), (UsageMeter.OutputTokens, 500)], lines.Select(line => (line.Meter!.Value, line.Quantity)));
        Assert.All(lines, line => Assert.Equal((november.Document.Number, november.Document.From, november.Document.Until), (line.CorrectsInvoice, line.From, line.Until)));
        Assert.All(lines, line => Assert.Equal([$"{correction.Source}/{correction.Sequence}", "partner.node-1/2"], line.CorrectsEvents.Order(StringComparer.Ordinal)));
        Assert.Equal(frozen, test.Invoices.Export((await test.Invoices.FindAsync(november.Document.Number, default))!, InvoiceFormat.Json));
        await AgreeAsync(test, [november, december]);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Late_use_of_a_period_long_closed_is_invoiced_once_it_is_let_through(DatabaseKind kind)
    {
        await using OutsideFixture test = await OutsideFixture.OpenAsync(kind);
        await test.UseAsync(10_000, 5_000);
        var invoices = new List<Invoice> { await test.CloseAsync(OutsideFixture.November) };
        for (int month = 1; month <= 5; month++)
        {
            await test.UseAsync(10_000, 1_000 * month);
            invoices.Add(await test.CloseAsync(OutsideFixture.November.AddMonths(month)));
        }

        EventVerdict late = await test.TakeOneAsync(test.Event(1, prompt: 1_000, completion: 1_000));
        Assert.Equal(QuarantineReason.Past, late.Reason);
        Assert.Contains(invoices[0].Document.Number, late.Detail, StringComparison.Ordinal);
        await test.Events.ReleaseAsync(Actor.Local, (await test.WaitingAsync())[0].Id, "the partner found it", default);
        invoices.Add(await test.CloseAsync(OutsideFixture.November.AddMonths(6)));
        Assert.Equal([invoices[0].Document.Number], invoices[^1].Document.Lines.Select(line => line.CorrectsInvoice).Distinct());
        Assert.Equal(5 * Cent, invoices[^1].Document.NetNanos);
        Assert.Equal(InvoiceFixture.Customer, Assert.Single(await test.Usage.PartiesAsync(OutsideFixture.November.AddMonths(5), OutsideFixture.November.AddMonths(6), default))); // a month's close finds it, though nothing ended in it
        await test.UseAsync(10_000, 1_000);
        invoices.Add(await test.CloseAsync(OutsideFixture.November.AddMonths(7)));
        Assert.DoesNotContain(invoices[^1].Document.Lines, line => line.Kind == InvoiceLineKind.Correction); // once
        await AgreeAsync(test, invoices);
    }

    [Fact]
    public void An_event_is_never_below_zero_and_never_charged_more_than_its_price_or_than_it_was_held_for()
    {
        Gen<ChargedTokens> tokens = from prompt in Gen.Long[0, 1_000] from cached in Gen.Long[0, prompt] from completion in Gen.Long[0, 1_000] select new ChargedTokens(prompt, cached, completion);
        Gen.Select(tokens, tokens.Array[1, 5], Gen.Long[0, 100], Gen.Long[0, 9].Array[3]).Sample((start, steps, held, unit) =>
        {
            var prices = new TokenPrices("p@1", InvoiceFixture.Partner, MoneyFixture.Euro, unit[0], unit[1], unit[2]);
            long price = TokenCost.Of(prices, start)!.Value;
            long charge = price * held / 100;
            var now = new EventAmounts(start, 0, 1, charge, price - charge);
            foreach (ChargedTokens step in steps)
            {
                EventAmounts difference;
                try
                {
                    difference = CorrectionMath.Difference(now, new EventCorrection { Prompt = step.Prompt, Cached = step.Cached, Completion = step.Completion, Reason = "x" }, prices, 0, MeterEventKind.Request);
                }
                catch (BillingRefusedException)
                {
                    Assert.Equal(step, now.Tokens);
                    continue;
                }

                var after = new EventAmounts(
                    new ChargedTokens(now.Tokens.Prompt + difference.Tokens.Prompt, now.Tokens.Cached + difference.Tokens.Cached, now.Tokens.Completion + difference.Tokens.Completion),
                    0, now.Requests + difference.Requests, now.ChargeNanos + difference.ChargeNanos, now.UnchargedNanos + difference.UnchargedNanos);
                Assert.Equal((step, 1L, TokenCost.Of(prices, step)!.Value), (after.Tokens, after.Requests, after.ChargeNanos + after.UnchargedNanos));
                Assert.True(after.ChargeNanos >= 0 && after.UnchargedNanos >= 0 && after.UnchargedNanos <= now.UnchargedNanos);
                now = after;
            }
        });
    }

    [Fact]
    public void For_any_use_corrections_and_late_events_every_document_agrees_to_the_cent() =>
        Gen.Select(Gen.Long[1, 200_000].Array[1, 4], Gen.Long[0, 200_000].Array[0, 4], Gen.Int[0, 10_000], Gen.Int[0, 10_000]).Sample(
            (used, corrected, upper, lower) => AgreesAsync(used, corrected, upper, lower).GetAwaiter().GetResult(), iter: 8, threads: 1);

    private static async Task AgreesAsync(long[] used, long[] corrected, int upper, int lower)
    {
        await using OutsideFixture test = await OutsideFixture.OpenAsync(DatabaseKind.Sqlite);
        test.Books.Links[0] = test.Books.Links[0] with { ShareBasisPoints = upper };
        test.Books.Links[1] = test.Books.Links[1] with { ShareBasisPoints = lower };
        var requests = new List<Guid>();
        foreach (long tokens in used)
        {
            requests.Add(await test.UseAsync(tokens, tokens / 3));
        }

        var invoices = new List<Invoice> { await test.CloseAsync(OutsideFixture.November) };
        for (int i = 0; i < corrected.Length; i++)
        {
            var correction = new EventCorrection { Request = requests[i % requests.Count], Prompt = corrected[i], Reason = "any" };
            try
            {
                await test.Events.CorrectAsync(Actor.Local, correction, default);
            }
            catch (BillingRefusedException e) when (e.Message.Contains("nothing to correct", StringComparison.Ordinal))
            {
            }

            await test.TakeOneAsync(test.Event(i + 1, e => e["time"] = "2026-11-30T23:00:00Z", prompt: corrected[i] / 2));
        }

        invoices.Add(await test.CloseAsync(InvoiceFixture.December));
        await AgreeAsync(test, invoices);
    }

    /// <summary>Incomes along the chain, statements and invoices are the same cents, and nothing stays accrued.</summary>
    private static async Task AgreeAsync(OutsideFixture test, IReadOnlyList<Invoice> invoices)
    {
        DateTimeOffset until = invoices[^1].Document.Until;
        RoyaltyStatement partner = await test.Books.Royalties.IssueAsync(InvoiceFixture.Commercialiser, InvoiceFixture.Partner, MoneyFixture.Euro, OutsideFixture.November, until, [], default);
        RoyaltyStatement commercialiser = await test.Books.Royalties.IssueAsync(InvoiceFixture.Lab, InvoiceFixture.Commercialiser, MoneyFixture.Euro, OutsideFixture.November, until, [], default);
        long net = invoices.Sum(invoice => invoice.Document.NetNanos);
        Assert.Equal(net, invoices.SelectMany(invoice => invoice.Document.Lines).Sum(line => line.Nanos));
        Assert.Equal(net, await test.Books.BalanceAsync("earnings:partner"));
        Assert.Equal(partner.TotalNanos, await test.Books.BalanceAsync("royalty:partner:payable"));
        Assert.Equal(partner.TotalNanos, await test.Books.BalanceAsync("earnings:commercialiser"));
        Assert.Equal(commercialiser.TotalNanos, await test.Books.BalanceAsync("earnings:lab"));
        Assert.Equal(0, await test.AccruedAsync());
        LedgerVerdict verdict = await test.Money.Ledger.VerifyAsync(default);
        Assert.True(verdict.Holds, verdict.FirstDifference);
    }
}
