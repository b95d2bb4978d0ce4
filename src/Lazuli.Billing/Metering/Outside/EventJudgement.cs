using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>Decides about an event from outside: facts in, verdict and reason out. Pure.</summary>
/// <remarks>Identity first, since the same event again is the same whatever else is wrong with it by now; then content; then its turn.</remarks>
internal static class EventJudgement
{
    /// <summary>The verdict.</summary>
    /// <param name="e">The event.</param>
    /// <param name="state">Where its source stands.</param>
    /// <param name="content">What <see cref="Content"/> said of it.</param>
    public static Judgement Judge(OutsideEvent e, SourceState state, Judgement content)
    {
        if (state.IsHeld)
        {
            return new Judgement(EventVerdictKind.Duplicate, null, "The same event came before and is in quarantine.");
        }

        if (!state.IsKnown)
        {
            return Again(e, state.Waiting) ?? Wait(QuarantineReason.UnknownSource, $"No source '{e.Source}' is registered. Register it, then release this.");
        }

        if (state.IsOurs)
        {
            return Wait(QuarantineReason.OwnSource, $"'{e.Source}' is a source of this installation, which numbers its own events.");
        }

        if (e.Sequence < state.Next)
        {
            return Again(e, state.Stored)!;
        }

        if (Again(e, state.Waiting) is { } again)
        {
            return again;
        }

        if (state.IsClosed)
        {
            return Wait(QuarantineReason.SourceClosed, $"'{e.Source}' was closed at number {state.Next - 1}.");
        }

        return content.Kind != EventVerdictKind.Accepted ? content
            : e.Sequence > state.Next ? Wait(QuarantineReason.Gap, $"Number {state.Next} of '{e.Source}' has not come, or waits itself; this goes on once it has.")
            : Judgement.Accepted;
    }

    /// <summary>What an event says, whatever its number.</summary>
    /// <param name="e">The event.</param>
    /// <param name="facts">What is known of what it names.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="now">When it came.</param>
    public static Judgement Content(OutsideEvent e, EventFacts facts, MeteringOptions options, DateTimeOffset now) =>
        Quantities(e, options) ?? Names(e, facts) ?? Price(e, facts, options) ?? Times(e, facts, options, now) ?? Judgement.Accepted;

    /// <summary>The same, for one whom somebody lets through: its age, size and charge are not asked about.</summary>
    public static Judgement Released(OutsideEvent e, EventFacts facts)
    {
        var most = new MeteringOptions { MostTokens = TokenCost.MostTokens, MostDeviceSeconds = 1_000_000_000_000, MostFlop = 1e30, MostUnits = TokenCost.MostNanos / Money.NanosPerUnit };
        return Quantities(e, most) ?? Names(e, facts) ?? Price(e with { ChargeNanos = null }, facts, most) ?? Judgement.Accepted;
    }

    /// <summary>What an event comes to at its price version, which <see cref="Content"/> accepted.</summary>
    public static long ChargeOf(OutsideEvent e, EventPrice price) =>
        e.Kind == MeterEventKind.Job ? checked(e.DeviceSeconds * price.DeviceSecondNanos!.Value) : TokenCost.Of(price.Tokens!, e.Tokens)!.Value;

    private static Judgement? Again(OutsideEvent e, string? content) => content is null ? null
        : content == e.Content ? new Judgement(EventVerdictKind.Duplicate, null, "The same event came before; it counts once.")
        : Wait(QuarantineReason.Replayed, $"Another event came as number {e.Sequence} of '{e.Source}' before. If this one is right, correct that one, and drop this.");

    private static Judgement? Quantities(OutsideEvent e, MeteringOptions options)
    {
        if (e.Tokens.Prompt < 0 || e.Tokens.Cached < 0 || e.Tokens.Completion < 0 || e.DeviceMicroseconds < 0 || e.Flop < 0 || e.ChargeNanos < 0)
        {
            return Wait(QuarantineReason.Negative, "A quantity is below zero. Use is taken back by a correction, not by a negative event.");
        }

        return (Int128)e.Tokens.Prompt + e.Tokens.Completion > options.MostTokens ? Wait(QuarantineReason.Huge, $"{e.Tokens.Prompt} prompt and {e.Tokens.Completion} generated tokens; one event has at most {options.MostTokens}.")
            : e.DeviceMicroseconds / 1_000_000 > options.MostDeviceSeconds ? Wait(QuarantineReason.Huge, $"{e.DeviceMicroseconds / 1_000_000} device-seconds; one event has at most {options.MostDeviceSeconds}.")
            : e.Flop > options.MostFlop ? Wait(QuarantineReason.Huge, $"{e.Flop:g3} FLOP; one event has at most {options.MostFlop:g3}.")
            : null;
    }

    private static Judgement? Names(OutsideEvent e, EventFacts facts) =>
        !facts.IsPartyKnown ? Wait(QuarantineReason.UnknownParty, $"There is no open party '{e.Party}'.")
        : !facts.IsProjectKnown ? Wait(QuarantineReason.UnknownProject, $"There is no open project '{e.Project}' of {e.Party}.")
        : !facts.IsModelKnown ? Wait(QuarantineReason.UnknownModel, $"There is no model '{e.ModelName}'.")
        : facts.GrantFault is { } fault ? Wait(QuarantineReason.UnknownGrant, fault)
        : null;

    private static Judgement? Price(OutsideEvent e, EventFacts facts, MeteringOptions options)
    {
        if (facts.Price is not { } price || price.PublishedAt > e.At)
        {
            return Wait(QuarantineReason.UnknownPrice, $"There was no price version '{e.PriceVersion}' at {e.At:u}.");
        }

        if (e.Kind == MeterEventKind.Job ? price.DeviceSecondNanos is null : price.Tokens is null)
        {
            return Wait(QuarantineReason.UnknownPrice, $"{e.PriceVersion} has no price for {(e.Kind == MeterEventKind.Job ? "device-seconds" : "tokens")} of '{e.ModelName}'.");
        }

        if (price.Currency != e.Currency)
        {
            return Wait(QuarantineReason.OtherCurrency, $"The event is in {e.Currency}; {e.PriceVersion} is in {price.Currency}.");
        }

        Int128 charge = e.Kind == MeterEventKind.Job ? (Int128)e.DeviceSeconds * price.DeviceSecondNanos!.Value : TokenCost.Of(price.Tokens!, e.Tokens) ?? (Int128)long.MaxValue;
        return charge > (Int128)options.MostUnits * Money.NanosPerUnit ? Wait(QuarantineReason.Huge, $"It comes to more than {options.MostUnits} {e.Currency}, the most for one event.")
            : e.ChargeNanos is { } said && said != charge ? Wait(QuarantineReason.OtherCharge, $"It says that it comes to {said} nano-{e.Currency}; at {e.PriceVersion} it comes to {charge}. Released, it is charged the latter.")
            : null;
    }

    private static Judgement? Times(OutsideEvent e, EventFacts facts, MeteringOptions options, DateTimeOffset now) =>
        e.At > now + options.FutureSkew ? Wait(QuarantineReason.Future, $"It ended at {e.At:u}, and it is {now:u} now.")
        : e.At < now - options.Grace ? Wait(QuarantineReason.Past, $"It ended at {e.At:u}, longer ago than {options.Grace.TotalDays:0.##} days. {(facts.ClosedBy is { } invoice ? $"Invoice {invoice} closed its period; released, it comes as a correction on the next one." : "Released, it is charged all the same.")}")
        : null;

    private static Judgement Wait(QuarantineReason reason, string detail) => new(EventVerdictKind.Quarantined, reason, detail);
}

/// <summary>What was decided about an event.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Reason">Why it waits.</param>
/// <param name="Detail">In words.</param>
internal sealed record Judgement(EventVerdictKind Kind, QuarantineReason? Reason, string Detail)
{
    /// <summary>Nothing is wrong with it.</summary>
    public static readonly Judgement Accepted = new(EventVerdictKind.Accepted, null, "Recorded.");
}
