using CsCheck;
using Lazuli.Billing;
using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Platform.Tests.Billing;

/// <summary>Any order of events, repetitions, contradictions, releases and drops.</summary>
public sealed class EventOrderTests
{
    private const int Numbers = 8;

    private enum Step
    {
        Send,
        SendChanged,
        SendFuture,
        Release,
        Drop,
        Settle,
    }

    [Fact]
    public void Every_event_is_in_one_place_and_the_ledger_has_what_was_accepted() =>
        Gen.Select(Gen.Enum<Step>(), Gen.Int[1, Numbers]).Array[1, 40].Sample(steps => RunAsync(DatabaseKind.Sqlite, steps).GetAwaiter().GetResult(), iter: 25, threads: 1);

    [Fact]
    public Task The_same_holds_on_PostgreSQL() =>
        RunAsync(DatabaseKind.Postgres, [.. Enumerable.Range(0, 60).Select(i => ((Step)(i * 7 % 6), 1 + (i * 5 % Numbers)))]);

    private static async Task RunAsync(DatabaseKind kind, (Step Step, int Number)[] steps)
    {
        await using OutsideFixture test = await OutsideFixture.OpenAsync(kind);
        var sent = new HashSet<string>(StringComparer.Ordinal);
        long own = 0;
        foreach ((Step step, int number) in steps)
        {
            switch (step)
            {
                case Step.Send or Step.SendChanged or Step.SendFuture:
                    EventVerdict verdict = await test.TakeOneAsync(test.Event(
                        number,
                        e => e["time"] = step == Step.SendFuture ? "2026-11-02T00:00:00Z" : "2026-11-01T11:00:00Z",
                        prompt: step == Step.SendChanged ? 200 : 100));
                    Assert.Equal(!sent.Add($"{number} {step}"), verdict.Kind == EventVerdictKind.Duplicate);
                    break;
                case Step.Settle:
                    await test.UseAsync(100, 10);
                    own += OutsideFixture.ChargeOf(100, 10);
                    break;
                default:
                    await DecideAsync(test, step == Step.Release, number);
                    break;
            }

            await CheckAsync(test, sent.Count, own);
        }
    }

    private static async Task DecideAsync(OutsideFixture test, bool release, int number)
    {
        IReadOnlyList<QuarantinedEvent> waiting = await test.WaitingAsync();
        if (waiting.Count == 0)
        {
            return;
        }

        long id = waiting[number % waiting.Count].Id;
        try
        {
            await (release ? test.Events.ReleaseAsync(Actor.Local, id, "looked at", default) : test.Events.DropAsync(Actor.Local, id, "looked at", default));
        }
        catch (BillingRefusedException e) when (release)
        {
            Assert.Equal(BillingRefusal.Conflict, e.Code); // its turn has not come, or its number is taken
        }
    }

    private static async Task CheckAsync(OutsideFixture test, int sent, long own)
    {
        long accepted = await test.CountAsync("SELECT COUNT(*) FROM meter_particulars WHERE kind = 0");
        long waiting = (await test.WaitingAsync()).Count;
        long dropped = (await test.Events.ListQuarantineAsync(QuarantineState.Dropped, 0, default)).Count;
        Assert.Equal(sent, accepted + waiting + dropped);
        long charged = await test.CountAsync("SELECT CAST(COALESCE(SUM(e.charge_nanos), 0) AS BIGINT) FROM meter_events e JOIN meter_particulars m ON m.source = e.source AND m.sequence = e.sequence");
        Assert.Equal(own + charged, await test.AccruedAsync());
        MeterEmitter source = (await test.Events.ListEmittersAsync(default))[0];
        long[] numbers = [.. await test.Money.Money.QueryAsync<long>("SELECT e.sequence FROM meter_events e JOIN meter_sources s ON s.id = e.source WHERE s.is_ours = 0 ORDER BY e.sequence", null, default)];
        Assert.Equal([.. Enumerable.Range(1, (int)source.Next - 1).Select(n => (long)n)], numbers); // no gaps
        Assert.Equal(source.Next - 1, await test.CountAsync("SELECT CAST(COALESCE(SUM(b.events), 0) AS BIGINT) FROM meter_beats b JOIN meter_sources s ON s.id = b.source WHERE s.is_ours = 0"));
        Assert.Equal(charged, await test.CountAsync("SELECT CAST(COALESCE(SUM(u.charge_nanos), 0) AS BIGINT) FROM meter_sums u JOIN meter_sources s ON s.id = u.source WHERE s.is_ours = 0"));
    }
}
