using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>Takes events from outside as part of a batch: in each source's order, each once.</summary>
internal static class EventIntake
{
    /// <summary>The most numbers that are given up at once.</summary>
    public const int MostGivenUp = 1_000;

    /// <summary>Takes events one after the other.</summary>
    public static IReadOnlyList<EventVerdict> Take(AdmissionMemory memory, IReadOnlyList<JudgedEvent> events, int mostWaiting)
    {
        long waiting = QuarantineRow.CountWaiting(memory.Transaction);
        var verdicts = new List<EventVerdict>(events.Count);
        var sources = new Dictionary<string, EmitterRow?>(StringComparer.Ordinal);
        foreach (JudgedEvent judged in events)
        {
            OutsideEvent e = judged.Event;
            if (!sources.TryGetValue(e.Source, out EmitterRow? source))
            {
                sources[e.Source] = source = EmitterRow.Find(memory.Transaction, e.Source);
            }

            Judgement judgement = EventJudgement.Judge(e, StateOf(memory, source, e), judged.Content);
            if (judgement.Kind == EventVerdictKind.Accepted)
            {
                Record(memory, source!, e, memory.Numbered(judged.Profile!), judged.ChargeNanos);
                waiting -= GoOn(memory, source!);
            }
            else if (judgement.Kind == EventVerdictKind.Quarantined)
            {
                if (waiting >= mostWaiting)
                {
                    judgement = new Judgement(EventVerdictKind.Refused, null, $"It would have to wait ({judgement.Detail}), and {waiting} events wait already. Release or drop some, then send it again.");
                }
                else
                {
                    QuarantineRow.Insert(memory.Transaction, e, judgement, judged.Profile is { } profile ? memory.Numbered(profile).Id : null, judged.ChargeNanos, memory.Now.Utc);
                    waiting++;
                }
            }

            verdicts.Add(new EventVerdict(e.Source, e.Sequence, judgement.Kind, judgement.Reason, judgement.Detail));
        }

        return verdicts;
    }

    /// <summary>Lets a waiting event through. Checks everything before it changes anything.</summary>
    /// <exception cref="BillingRefusedException">It cannot be let through as things stand.</exception>
    public static QuarantinedEvent Release(AdmissionMemory memory, long id, MeterProfile profile, long chargeNanos, string by, string because)
    {
        QuarantineRow row = Waiting(memory, id);
        EmitterRow source = EmitterRow.Find(memory.Transaction, row.Source) is { IsOurs: 0 } found ? found : throw Refuse($"No source '{row.Source}' is registered. Register it first.");
        if (!row.HasPlace || row.Sequence < source.Next)
        {
            throw Refuse($"Number {row.Sequence} of '{row.Source}' is taken. If this event is right, correct {row.Source}/{row.Sequence}, and drop this one.");
        }

        if (row.Sequence - source.Next > MostGivenUp)
        {
            throw Refuse($"{row.Sequence - source.Next} numbers before it never came, and at most {MostGivenUp} are given up at once. Ask who runs '{row.Source}' to send them.");
        }

        for (long missing = source.Next; missing < row.Sequence; missing++)
        {
            if (QuarantineRow.Of(memory.Transaction, row.Source, missing).FirstOrDefault(other => other is { IsWaiting: true, HasPlace: true }) is { } before)
            {
                throw Refuse($"Number {missing} of '{row.Source}' waits itself, as {before.Id}. Release or drop that one first.");
            }
        }

        while (source.Next < row.Sequence)
        {
            QuarantineRow? dropped = QuarantineRow.Of(memory.Transaction, row.Source, source.Next).FirstOrDefault(other => other is { State: nameof(QuarantineState.Dropped), HasPlace: true });
            GiveUp(memory, source, profile.Prices.Currency, dropped?.Content ?? "", dropped?.Because ?? $"It never came; {row.Source}/{row.Sequence} was released over it: {because}");
        }

        Record(memory, source, OutsideEventJson.ReadOne(row.Event), memory.Numbered(profile), chargeNanos);
        QuarantineRow.Decide(memory.Transaction, id, QuarantineState.Released, by, because, memory.Now.Utc);
        GoOn(memory, source);
        return QuarantineRow.Find(memory.Transaction, id)!.ToEvent();
    }

    /// <summary>Throws a waiting event away.</summary>
    /// <exception cref="BillingRefusedException">It does not wait.</exception>
    public static QuarantinedEvent Drop(AdmissionMemory memory, long id, string by, string because)
    {
        QuarantineRow row = Waiting(memory, id);
        QuarantineRow.Decide(memory.Transaction, id, QuarantineState.Dropped, by, because, memory.Now.Utc);
        if (EmitterRow.Find(memory.Transaction, row.Source) is { IsOurs: 0 } source)
        {
            GoOn(memory, source);
        }

        return QuarantineRow.Find(memory.Transaction, id)!.ToEvent();
    }

    /// <summary>A refusal as things stand.</summary>
    public static BillingRefusedException Refuse(string why) => new(BillingRefusal.Conflict, why);

    private static QuarantineRow Waiting(AdmissionMemory memory, long id)
    {
        QuarantineRow row = QuarantineRow.Find(memory.Transaction, id) ?? throw Refuse($"There is no quarantined event {id}. `lazuli usage quarantine list` names them.");
        return row.IsWaiting ? row : throw Refuse($"Event {id} does not wait any more: it is {row.State.ToLowerInvariant()}.");
    }

    private static SourceState StateOf(AdmissionMemory memory, EmitterRow? source, OutsideEvent e)
    {
        string? stored = source is { IsOurs: 0 } && e.Sequence < source.Next
            ? memory.Transaction.Query<string>("SELECT content FROM meter_particulars WHERE source = @Id AND sequence = @Sequence", new { source.Id, e.Sequence })[0]
            : null;
        IReadOnlyList<QuarantineRow> kept = stored is not null && stored == e.Content ? [] : QuarantineRow.Of(memory.Transaction, e.Source, e.Sequence);
        bool isHeld = kept.Any(row => row.Content == e.Content && row.State is nameof(QuarantineState.Waiting) or nameof(QuarantineState.Dropped));
        string? waiting = kept.FirstOrDefault(row => row is { IsWaiting: true, HasPlace: true })?.Content;
        return new SourceState(source is not null, source is { IsOurs: not 0 }, source?.EndedUs is not null, source?.Next ?? 1, stored, waiting, isHeld);
    }

    /// <summary>Records what waited for nothing but its turn, and gives up numbers that were dropped; answers how many events no longer wait.</summary>
    public static int GoOn(AdmissionMemory memory, EmitterRow source)
    {
        int recorded = 0;
        while (QuarantineRow.Of(memory.Transaction, source.Name, source.Next).LastOrDefault(row => row.HasPlace) is { } next)
        {
            if (next.State == nameof(QuarantineState.Dropped))
            {
                GiveUp(memory, source, OutsideEventJson.ReadOne(next.Event).Currency, next.Content, next.Because ?? "");
            }
            else if (next is { IsWaiting: true, IsGap: true, Profile: { } profile })
            {
                Record(memory, source, OutsideEventJson.ReadOne(next.Event), memory.ProfileOf(profile), next.ChargeNanos);
                QuarantineRow.Decide(memory.Transaction, next.Id, QuarantineState.Accepted, null, null, memory.Now.Utc);
                recorded++;
            }
            else
            {
                break;
            }
        }

        return recorded;
    }

    private static void Record(AdmissionMemory memory, EmitterRow source, OutsideEvent e, MeterProfile profile, long chargeNanos) => MeterRecorder.Outside(
        memory,
        source,
        profile,
        new MeterRow
        {
            Source = source.Id,
            Sequence = e.Sequence,
            RequestId = null,
            Profile = profile.Id,
            AtMicroseconds = UnixTime.Microseconds(e.At),
            Tokens = e.Tokens,
            DeviceMicroseconds = e.DeviceMicroseconds,
            Flop = e.Flop,
            ChargeNanos = chargeNanos,
            UnchargedNanos = 0,
            Outcome = e.Outcome,
            Requests = e.Kind == MeterEventKind.Request && e.Outcome != RequestOutcome.Failed ? 1 : 0,
            DeviceSeconds = e.DeviceSeconds,
        },
        new EventParticulars(e.Kind, e.Content, "", e.Request));

    /// <summary>Keeps a source's numbers without gaps where one has no event: who runs the source is its subject.</summary>
    private static void GiveUp(AdmissionMemory memory, EmitterRow source, Currency currency, string content, string reason)
    {
        var runner = new PartyId(source.Party);
        MeterProfile profile = memory.Numbered(new MeterProfile(0, "", new ProjectId(""), runner, "", "", "", BuiltInPlans.PricesOf(BuiltInPlans.Internal, runner, currency), false));
        var row = new MeterRow
        {
            Source = source.Id,
            Sequence = source.Next,
            RequestId = null,
            Profile = profile.Id,
            AtMicroseconds = memory.NowMicroseconds,
            Tokens = default,
            DeviceMicroseconds = 0,
            Flop = 0,
            ChargeNanos = 0,
            UnchargedNanos = 0,
            Outcome = RequestOutcome.Failed,
        };
        MeterRecorder.Outside(memory, source, profile, row, new EventParticulars(MeterEventKind.GivenUp, content, reason));
    }
}
