using System.Text.Json.Nodes;
using Lazuli.Billing;
using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Platform.Tests.Billing;

public sealed class OutsideEventsTests
{
    public static TheoryData<DatabaseKind> Kinds => TestDatabases.All;

    public static TheoryData<string, string, QuarantineReason> Wrong => new()
    {
        { "source", "nobody", QuarantineReason.UnknownSource },
        { "time", "2026-11-01T12:05:01Z", QuarantineReason.Future },
        { "time", "2026-09-20T12:00:00Z", QuarantineReason.UnknownPrice }, // the price was published later
        { "subject", "nobody", QuarantineReason.UnknownParty },
        { "grantid", "grant_x", QuarantineReason.UnknownGrant },
        { "grantid", "grant_p grant_a", QuarantineReason.UnknownGrant },
        { "grantid", "grant_c grant_p", QuarantineReason.UnknownGrant },
        { "priceversion", "std@9", QuarantineReason.UnknownPrice },
        { "priceversion", "internal@1", QuarantineReason.UnknownPrice }, // under a licence nothing is for nothing
        { "data.project", "other", QuarantineReason.UnknownProject },
        { "data.model", "large", QuarantineReason.UnknownModel },
        { "data.currency", "USD", QuarantineReason.OtherCurrency },
        { "data.promptTokens", "-1", QuarantineReason.Negative },
        { "data.completionTokens", "-1", QuarantineReason.Negative },
        { "data.deviceMicroseconds", "-1", QuarantineReason.Negative },
        { "data.flop", "-1", QuarantineReason.Negative },
        { "data.chargeNanos", "-1", QuarantineReason.Negative },
        { "data.promptTokens", "10000001", QuarantineReason.Huge },
        { "data.completionTokens", "999999999999999999", QuarantineReason.Huge },
        { "data.deviceMicroseconds", "999999999999999999", QuarantineReason.Huge },
        { "data.flop", "1e28", QuarantineReason.Huge },
        { "data.chargeNanos", "5", QuarantineReason.OtherCharge },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task What_cannot_be_waits_with_its_reason_and_counts_nowhere(string member, string value, QuarantineReason reason)
    {
        await using OutsideFixture test = await OutsideFixture.OpenAsync(DatabaseKind.Sqlite);
        EventVerdict verdict = await test.TakeOneAsync(test.Event(1, e => Set(e, member, value)));
        Assert.Equal((EventVerdictKind.Quarantined, reason), (verdict.Kind, verdict.Reason));
        Assert.True(verdict.Detail.Length > 10);
        QuarantinedEvent kept = Assert.Single(await test.WaitingAsync());
        Assert.Equal(test.Event(1, e => Set(e, member, value)).ToJsonString().Length, JsonNode.Parse(kept.Event)!.ToJsonString().Length); // whole
        Assert.Equal(0, await test.AccruedAsync());
        Assert.Equal(0, await test.CountAsync("SELECT COUNT(*) FROM meter_events"));
        Assert.Equal(EventVerdictKind.Duplicate, (await test.TakeOneAsync(test.Event(1, e => Set(e, member, value)))).Kind); // an emitter that tries again fills nothing
        Assert.Single(await test.WaitingAsync());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_customer_finds_late_events_and_corrections_once_each_among_requests(DatabaseKind kind)
    {
        await using OutsideFixture test = await OutsideFixture.OpenAsync(kind);
        DateTimeOffset start = test.Money.Time.GetUtcNow();
        long sequence = 1;
        for (int minute = 0; minute < 4; minute++)
        {
            Guid request = await test.UseAsync(100, 20);
            await test.TakeAsync(test.Event(sequence++), test.Event(sequence++)); // of the minute before the first, whenever they come
            await test.UseAsync(50, 5);
            await test.Events.CorrectAsync(Actor.Local, new EventCorrection { Request = request, Completion = 10, Reason = "a test" }, default);
            test.Money.Time.Advance(TimeSpan.FromMinutes(1));
            await test.Admission.DoAsync(memory => true, default);
        }

        var reports = new UsageReports(test.Money.Money, test.Stored, test.AdmissionOptions);
        var filter = new UsageFilter { Party = InvoiceFixture.Customer, From = start.AddDays(-1), Until = start.AddDays(1) };
        var seen = new List<MeterEvent>();
        UsageCursor? cursor = null;
        while (await reports.ListAsync(filter, cursor, 3, default) is { Count: > 0 } page)
        {
            seen.AddRange(page);
            cursor = new UsageCursor(page[^1].At, page[^1].Source, page[^1].Sequence);
        }

        Assert.Equal(20, seen.Count);
        Assert.Equal(20, seen.DistinctBy(e => (e.Source, e.Sequence)).Count());
        Assert.Equal(8, seen.Count(e => e.Source == OutsideFixture.Emitter));
        Assert.Equal(4, seen.Count(e => e.Kind == MeterEventKind.Correction));
        Assert.Equal(seen.Sum(e => e.Charge.Nanos), (await reports.CostAsync(filter, 7 * 86_400, UsageGroups.None, 10, default)).Sum(cost => cost.Amount.Nanos));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task An_event_is_recorded_charged_sealed_and_counted_once(DatabaseKind kind)
    {
        await using OutsideFixture test = await OutsideFixture.OpenAsync(kind);
        Assert.Equal(EventVerdictKind.Accepted, (await test.TakeOneAsync(test.Event(1))).Kind);
        Assert.Equal(EventVerdictKind.Duplicate, (await test.TakeOneAsync(test.Event(1))).Kind);
        EventVerdict replayed = await test.TakeOneAsync(test.Event(1, prompt: 101));
        Assert.Equal((EventVerdictKind.Quarantined, QuarantineReason.Replayed), (replayed.Kind, replayed.Reason));
        Assert.Equal([EventVerdictKind.Accepted, EventVerdictKind.Accepted], (await test.TakeAsync(test.Event(2), test.Event(3))).Select(verdict => verdict.Kind));
        await test.UseAsync(100, 10);
        Assert.Equal(4 * OutsideFixture.ChargeOf(100, 10), await test.AccruedAsync());

        await test.SkipToAsync(OutsideFixture.November.AddHours(13));
        var log = new MemoryLog();
        var sealer = new IntervalSealer(test.Money.Money, test.Stored, log, test.Money.Time);
        Assert.Equal(1, await sealer.SealAsync(default));
        IntervalSeal seal = IntervalSeal.Read(log.Entries[0]);
        IReadOnlyList<MeterEvent> recorded = await test.Stored.OfIntervalAsync(seal.IntervalSeconds, default);
        Assert.Equal(["node/2/1", "partner.node-1/1", "partner.node-1/2", "partner.node-1/3"], recorded.Select(e => $"{e.Source}/{e.Sequence}").Order(StringComparer.Ordinal));
        Assert.Equal(OutsideFixture.November.AddHours(12).AddSeconds(-30).AddTicks(10), recorded.First(e => e.Source == OutsideFixture.Emitter).At); // its own time
        string subject = await sealer.SubjectAsync(InvoiceFixture.Customer, default);
        Assert.Null(MeterVerifier.WhyIncomplete(seal, (await sealer.TreeAsync(recorded, default)).Prove(subject), subject, recorded));

        await test.Events.DropAsync(Actor.Local, (await test.WaitingAsync())[0].Id, "the first was right", default);
        Invoice invoice = await test.CloseAsync(OutsideFixture.November);
        Assert.Equal([(UsageMeter.InputTokens, 400L), (UsageMeter.OutputTokens, 40)], invoice.Document.Lines.Select(line => (line.Meter!.Value, line.Quantity)));
        Assert.Equal(0, await test.AccruedAsync());
        LedgerVerdict verdict = await test.Money.Ledger.VerifyAsync(default);
        Assert.True(verdict.Holds, verdict.FirstDifference);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_gap_waits_until_it_fills_or_is_released_over(DatabaseKind kind)
    {
        await using OutsideFixture test = await OutsideFixture.OpenAsync(kind);
        Assert.All(await test.TakeAsync(test.Event(3), test.Event(2), test.Event(7)), verdict => Assert.Equal(QuarantineReason.Gap, verdict.Reason));
        Assert.Contains("quarantine", await WhyIncompleteAsync(test), StringComparison.Ordinal);
        Assert.Equal(EventVerdictKind.Accepted, (await test.TakeOneAsync(test.Event(1))).Kind);
        Assert.Equal(3, await test.CountAsync("SELECT COUNT(*) FROM meter_events"));
        Assert.Equal([1L, 2, 3], await test.Money.Money.QueryAsync<long>("SELECT sequence FROM meter_events ORDER BY sequence", null, default));

        QuarantinedEvent seventh = Assert.Single(await test.WaitingAsync());
        QuarantinedEvent released = await test.Events.ReleaseAsync(Actor.Local, seventh.Id, "the node burned down", default);
        Assert.Equal((QuarantineState.Released, "local", "the node burned down"), (released.State, released.DecidedBy, released.Because));
        Assert.Equal(8, (await test.Events.ListEmittersAsync(default))[0].Next);
        MeterEvent fifth = (await test.Stored.FindAsync(new EventIdentity(OutsideFixture.Emitter, 5), default))!;
        Assert.Equal((MeterEventKind.GivenUp, InvoiceFixture.Partner, 0L), (fifth.Kind, fifth.Party, fifth.Charge.Nanos));
        Assert.Contains("burned", fifth.Reason, StringComparison.Ordinal);
        Assert.Equal(4 * OutsideFixture.ChargeOf(100, 10), await test.AccruedAsync());
        Assert.Equal(QuarantineReason.Replayed, (await test.TakeOneAsync(test.Event(5))).Reason); // too late: its number is given up
        await Assert.ThrowsAsync<BillingRefusedException>(() => test.Events.ReleaseAsync(Actor.Local, seventh.Id, "again", default));
        await Assert.ThrowsAsync<BillingRefusedException>(() => test.Events.ReleaseAsync(Actor.Local, 999, "none", default));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task What_is_released_or_dropped_lets_what_is_behind_it_go_on(DatabaseKind kind)
    {
        await using OutsideFixture test = await OutsideFixture.OpenAsync(kind);
        await test.TakeAsync(test.Event(1, e => e["time"] = "2026-11-01T12:30:00Z"), test.Event(2), test.Event(3, e => Set(e, "subject", "nobody")), test.Event(4));
        Assert.Equal(4, (await test.WaitingAsync()).Count);
        await Assert.ThrowsAsync<BillingRefusedException>(() => ReleaseAsync(test, 2)); // number 1 waits itself
        await ReleaseAsync(test, 1);
        Assert.Equal([3L, 4], (await test.WaitingAsync()).Select(e => e.Sequence));
        BillingRefusedException refused = await Assert.ThrowsAsync<BillingRefusedException>(() => ReleaseAsync(test, 3));
        Assert.Contains("nobody", refused.Message, StringComparison.Ordinal); // nobody could pay for it
        await test.Events.DropAsync(Actor.Local, (await test.WaitingAsync())[0].Id, "nobody's", default);
        Assert.Empty(await test.WaitingAsync());
        Assert.Equal(3 * OutsideFixture.ChargeOf(100, 10), await test.AccruedAsync());
        Assert.Equal(MeterEventKind.GivenUp, (await test.Stored.FindAsync(new EventIdentity(OutsideFixture.Emitter, 3), default))!.Kind);
        Assert.Equal(EventVerdictKind.Duplicate, (await test.TakeOneAsync(test.Event(3, e => Set(e, "subject", "nobody")))).Kind);
        Assert.Single(await test.Events.ListQuarantineAsync(QuarantineState.Dropped, 0, default));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_source_that_promised_heartbeats_keeps_the_period_open_until_it_is_heard(DatabaseKind kind)
    {
        await using OutsideFixture test = await OutsideFixture.OpenAsync(kind, beats: true);
        await test.TakeOneAsync(test.Event(1));
        await test.SkipToAsync(InvoiceFixture.December.AddHours(1));
        Assert.Contains(OutsideFixture.Emitter, await WhyIncompleteAsync(test), StringComparison.Ordinal);
        Assert.Null(await test.Periods.WhyIncompleteAsync(new PartyId("other"), OutsideFixture.November, InvoiceFixture.December, default)); // whom it never served
        await test.Events.BeatAsync(OutsideFixture.Emitter, InvoiceFixture.December, 2, default);
        Assert.Contains("not sent all", await WhyIncompleteAsync(test), StringComparison.Ordinal); // number 2 is missing
        await test.TakeOneAsync(test.Event(2));
        Assert.Null(await WhyIncompleteAsync(test));
        await Assert.ThrowsAsync<BillingRefusedException>(() => test.Events.BeatAsync(OutsideFixture.Emitter, OutsideFixture.November, 2, default)); // backwards
        await Assert.ThrowsAsync<BillingRefusedException>(() => test.Events.BeatAsync(OutsideFixture.Emitter, InvoiceFixture.December.AddHours(3), 2, default)); // from the future
    }

    [Fact]
    public async Task Sources_are_registered_and_closed_and_ours_are_ours()
    {
        await using OutsideFixture test = await OutsideFixture.OpenAsync(DatabaseKind.Sqlite);
        await test.UseAsync(1, 1);
        Assert.Equal(QuarantineReason.OwnSource, (await test.TakeOneAsync(test.Event(1, e => e["source"] = "node/2"))).Reason);
        await Assert.ThrowsAsync<BillingRefusedException>(() => test.Events.RegisterAsync("node/3", InvoiceFixture.Partner, false, default));
        Assert.Equal(1, (await test.Events.RegisterAsync(OutsideFixture.Emitter, InvoiceFixture.Partner, false, default)).Next);
        await Assert.ThrowsAsync<BillingRefusedException>(() => test.Events.RegisterAsync(OutsideFixture.Emitter, InvoiceFixture.Customer, false, default));
        await test.TakeOneAsync(test.Event(2));
        await Assert.ThrowsAsync<BillingRefusedException>(() => test.Events.CloseAsync(OutsideFixture.Emitter, default)); // one waits
        await test.TakeOneAsync(test.Event(1));
        Assert.NotNull((await test.Events.CloseAsync(OutsideFixture.Emitter, default)).ClosedAt);
        Assert.Equal(QuarantineReason.SourceClosed, (await test.TakeOneAsync(test.Event(3))).Reason);
        Assert.Equal(EventVerdictKind.Duplicate, (await test.TakeOneAsync(test.Event(2))).Kind);
    }

    [Fact]
    public async Task A_full_quarantine_refuses_and_loses_nothing_that_was_taken()
    {
        await using OutsideFixture test = await OutsideFixture.OpenAsync(DatabaseKind.Sqlite, new MeteringOptions { MostWaiting = 2 });
        IReadOnlyList<EventVerdict> verdicts = await test.TakeAsync(test.Event(2), test.Event(3), test.Event(4));
        Assert.Equal([EventVerdictKind.Quarantined, EventVerdictKind.Quarantined, EventVerdictKind.Refused], verdicts.Select(verdict => verdict.Kind));
        Assert.Equal([EventVerdictKind.Accepted, EventVerdictKind.Accepted], (await test.TakeAsync(test.Event(1), test.Event(4))).Select(verdict => verdict.Kind));
        Assert.Equal(4, await test.CountAsync("SELECT COUNT(*) FROM meter_events"));
    }

    private static Task<string?> WhyIncompleteAsync(OutsideFixture test)
    {
        bool isOver = test.Money.Time.GetUtcNow() >= InvoiceFixture.December;
        return test.Periods.WhyIncompleteAsync(InvoiceFixture.Customer, isOver ? OutsideFixture.November : OutsideFixture.November.AddHours(11), isOver ? InvoiceFixture.December : OutsideFixture.November.AddHours(12), default);
    }

    private static async Task ReleaseAsync(OutsideFixture test, long sequence) =>
        await test.Events.ReleaseAsync(Actor.Local, (await test.WaitingAsync()).Single(e => e.Sequence == sequence).Id, "looked at", default);

    private static void Set(JsonObject e, string member, string value)
    {
        string[] parts = member.Split('.');
        (parts.Length == 1 ? e : e[parts[0]]!.AsObject())[parts[^1]] = value;
    }
}
