using System.Text.RegularExpressions;
using Lazuli.Contracts;
using Lazuli.Storage;
using Microsoft.Extensions.Options;

namespace Lazuli.Billing;

/// <summary>Events from outside, through the one writer that also admits and settles.</summary>
internal sealed partial class OutsideEvents(Admission admission, MoneyDatabase money, MeterEvents events, PriceBook prices, EventFactsReader facts, IOptions<MeteringOptions> options, TimeProvider time) : IOutsideEvents
{
    /// <summary>Events a batch: admissions wait no longer than these take.</summary>
    private const int AtOnce = 128;

    private const int MostListed = 1_000;

    /// <inheritdoc/>
    public Task<MeterEmitter> RegisterAsync(string name, PartyId party, bool beats, CancellationToken cancellationToken)
    {
        if (!EmitterName().IsMatch(name))
        {
            throw new BillingRefusedException(BillingRefusal.Invalid, $"A source outside is named by 1 to 64 small letters, digits, dots and hyphens, such as partner-a.node-1; '{name}' is not.");
        }

        return admission.DoAsync(
            memory =>
            {
                if (EmitterRow.Find(memory.Transaction, name) is { } known)
                {
                    return known.IsOurs == 0 && known.Party == party.Value && known.Beats != 0 == beats
                        ? known.ToEmitter()
                        : throw EventIntake.Refuse($"The source '{name}' is registered with other content, by {known.Party}. Close it and register another name.");
                }

                long id = memory.Transaction.Scalar<long>("SELECT COALESCE(MAX(id), 0) + 1 FROM meter_sources");
                memory.Transaction.Execute(
                    "INSERT INTO meter_sources (id, name, is_ours, started_us, ended_us, beat, last_us, next_sequence, counted_sequence) VALUES (@id, @name, 0, @at, NULL, 0, @at, 1, 1)",
                    new { id, name, at = memory.NowMicroseconds });
                memory.Transaction.Execute(
                    "INSERT INTO meter_emitters (source, party, beats, heard_us, heard_sequence) VALUES (@id, @party, @beats, @at, 0)",
                    new { id, party = party.Value, beats = beats ? 1L : 0L, at = memory.NowMicroseconds });
                EventIntake.GoOn(memory, EmitterRow.Find(memory.Transaction, name)!);
                return EmitterRow.Find(memory.Transaction, name)!.ToEmitter();
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<MeterEmitter> CloseAsync(string name, CancellationToken cancellationToken) => admission.DoAsync(
        memory =>
        {
            EmitterRow row = Emitter(memory, name);
            long waiting = memory.Transaction.Scalar<long>("SELECT COUNT(*) FROM meter_quarantine WHERE source = @name AND state = 'Waiting'", new { name });
            if (waiting > 0)
            {
                throw EventIntake.Refuse($"{waiting} events of '{name}' wait in quarantine. Release or drop them first.");
            }

            if (row.EndedUs is null)
            {
                MeterRows.EndSource(memory.Transaction, row.Id, memory.NowMicroseconds);
            }

            return EmitterRow.Find(memory.Transaction, name)!.ToEmitter();
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<MeterEmitter> BeatAsync(string name, DateTimeOffset until, long sequence, CancellationToken cancellationToken) => admission.DoAsync(
        memory =>
        {
            EmitterRow row = Emitter(memory, name);
            long us = UnixTime.Microseconds(until);
            if (row.EndedUs is not null || us > memory.NowMicroseconds + (long)options.Value.FutureSkew.TotalMicroseconds || us < row.HeardUs || sequence < row.HeardSequence)
            {
                throw EventIntake.Refuse(
                    $"A heartbeat of '{name}' to {until:u} with number {sequence} cannot be: {(row.EndedUs is not null ? "the source is closed" : $"it was heard to {UnixTime.FromMicroseconds(row.HeardUs):u} with number {row.HeardSequence}, and it is {memory.Now.Utc:u}")}.");
            }

            memory.Transaction.Execute("UPDATE meter_emitters SET heard_us = @us, heard_sequence = @sequence WHERE source = @Id", new { us, sequence, row.Id });
            return EmitterRow.Find(memory.Transaction, name)!.ToEmitter();
        },
        cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<MeterEmitter>> ListEmittersAsync(CancellationToken cancellationToken) =>
        [.. (await EmitterRow.ListAsync(money, cancellationToken).ConfigureAwait(false)).Select(row => row.ToEmitter())];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<EventVerdict>> TakeAsync(ReadOnlyMemory<byte> document, CancellationToken cancellationToken)
    {
        IReadOnlyList<OutsideEvent> read = OutsideEventJson.Read(document);
        EventFactsReader.Reading reading = facts.Begin();
        var verdicts = new List<EventVerdict>(read.Count);
        foreach (OutsideEvent[] some in read.Chunk(AtOnce))
        {
            var judged = new List<JudgedEvent>(some.Length);
            foreach (OutsideEvent e in some)
            {
                EventFacts known = await reading.OfAsync(e, cancellationToken).ConfigureAwait(false);
                judged.Add(Judged(e, known, EventJudgement.Content(e, known, options.Value, time.GetUtcNow())));
            }

            verdicts.AddRange(await admission.DoAsync(memory => EventIntake.Take(memory, judged, options.Value.MostWaiting), cancellationToken).ConfigureAwait(false));
        }

        return verdicts;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<QuarantinedEvent>> ListQuarantineAsync(QuarantineState state, long after, CancellationToken cancellationToken)
    {
        IReadOnlyList<QuarantineRow> rows = await money.QueryAsync<QuarantineRow>(
            QuarantineRow.Select + " WHERE state = @state AND id > @after ORDER BY id LIMIT @limit", new { state = state.ToString(), after, limit = MostListed }, cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(row => row.ToEvent())];
    }

    /// <inheritdoc/>
    public async Task<QuarantinedEvent> ReleaseAsync(Actor actor, long id, string reason, CancellationToken cancellationToken)
    {
        CheckReason(reason);
        IReadOnlyList<QuarantineRow> rows = await money.QueryAsync<QuarantineRow>(QuarantineRow.Select + " WHERE id = @id", new { id }, cancellationToken).ConfigureAwait(false);
        if (rows.Count == 0)
        {
            throw new BillingRefusedException(BillingRefusal.NotFound, $"There is no quarantined event {id}. `lazuli usage quarantine list` names them.");
        }

        OutsideEvent e = OutsideEventJson.ReadOne(rows[0].Event);
        EventFacts known = await facts.Begin().OfAsync(e, cancellationToken).ConfigureAwait(false);
        Judgement content = EventJudgement.Released(e, known);
        JudgedEvent judged = Judged(e, known, content);
        if (judged.Profile is null)
        {
            throw new BillingRefusedException(BillingRefusal.Conflict, $"Event {id} cannot be charged as it is: {content.Detail} Mend that and release it again, or drop it.");
        }

        return await admission.DoAsync(memory => EventIntake.Release(memory, id, judged.Profile, judged.ChargeNanos, actor.Name, reason), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<QuarantinedEvent> DropAsync(Actor actor, long id, string reason, CancellationToken cancellationToken)
    {
        CheckReason(reason);
        return admission.DoAsync(memory => EventIntake.Drop(memory, id, actor.Name, reason), cancellationToken);
    }

    private static JudgedEvent Judged(OutsideEvent e, EventFacts known, Judgement content) => content.Kind == EventVerdictKind.Accepted
        ? new JudgedEvent(
            e,
            content,
            new MeterProfile(0, e.Key, e.Project, e.Party, e.GrantChain, e.ModelName, e.ModelDigest, known.Price!.Tokens!, e.Batch),
            EventJudgement.ChargeOf(e, known.Price))
        : new JudgedEvent(e, content, null, 0);

    private static void CheckReason(string reason)
    {
        if (string.IsNullOrWhiteSpace(reason) || reason.Length > 500)
        {
            throw new BillingRefusedException(BillingRefusal.Invalid, "A reason of 1 to 500 characters is kept with it; none came.");
        }
    }

    private static EmitterRow Emitter(AdmissionMemory memory, string name) =>
        EmitterRow.Find(memory.Transaction, name) is { IsOurs: 0 } row ? row : throw EventIntake.Refuse($"No source '{name}' is registered. `lazuli usage source list` names them.");

    [GeneratedRegex("^[a-z0-9][a-z0-9.-]{0,63}\\z")]
    private static partial Regex EmitterName();
}
