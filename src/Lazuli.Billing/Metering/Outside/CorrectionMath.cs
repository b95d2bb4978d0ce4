using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>What an event and its corrections come to, and the difference to what it should be. Pure.</summary>
internal static class CorrectionMath
{
    /// <summary>The difference that a correction writes.</summary>
    /// <param name="now">What the event and its corrections come to.</param>
    /// <param name="correction">What it really was.</param>
    /// <param name="prices">The event's token prices.</param>
    /// <param name="deviceSecondNanos">The price of a job's device-second.</param>
    /// <param name="kind">What the event is about.</param>
    /// <exception cref="BillingRefusedException">A quantity cannot be, or nothing would change.</exception>
    public static EventAmounts Difference(EventAmounts now, EventCorrection correction, TokenPrices prices, long deviceSecondNanos, MeterEventKind kind)
    {
        EventAmounts wanted = Wanted(now, correction, kind);
        long price = kind == MeterEventKind.Job
            ? Bounded((Int128)wanted.DeviceSeconds * deviceSecondNanos)
            : TokenCost.Of(prices, wanted.Tokens) ?? throw Refuse($"{wanted.Tokens.Prompt} prompt and {wanted.Tokens.Completion} generated tokens come to more than one event may.");

        // What a hold did not cover was promised to be free, so a correction asks for no more of it than the event did.
        long charge = correction.Void ? 0 : Math.Min(price, Math.Max(now.ChargeNanos, price - now.UnchargedNanos));
        wanted = wanted with { ChargeNanos = charge, UnchargedNanos = correction.Void ? 0 : price - charge };
        EventAmounts difference = wanted - now;
        return difference != default ? difference : throw Refuse("The event says that already; there is nothing to correct.");
    }

    private static EventAmounts Wanted(EventAmounts now, EventCorrection correction, MeterEventKind kind)
    {
        if (correction.Void)
        {
            return default;
        }

        long? tokens = correction.Prompt ?? correction.Cached ?? correction.Completion;
        if (kind == MeterEventKind.Job ? tokens is not null : correction.DeviceSeconds is not null)
        {
            throw Refuse(kind == MeterEventKind.Job ? "A job is charged by device-seconds and has no tokens." : "A request is charged by tokens; its device-seconds are not corrected.");
        }

        var wanted = new ChargedTokens(correction.Prompt ?? now.Tokens.Prompt, correction.Cached ?? now.Tokens.Cached, correction.Completion ?? now.Tokens.Completion);
        long seconds = correction.DeviceSeconds ?? now.DeviceSeconds;
        return wanted.Prompt is >= 0 and <= TokenCost.MostTokens && wanted.Completion is >= 0 and <= TokenCost.MostTokens && wanted.Cached >= 0 && wanted.Cached <= wanted.Prompt && seconds is >= 0 and <= 1_000_000_000_000
            ? now with { Tokens = wanted, DeviceSeconds = seconds }
            : throw Refuse($"No event has {wanted.Prompt} prompt tokens, {wanted.Cached} of them cached, {wanted.Completion} generated ones and {seconds} device-seconds.");
    }

    private static long Bounded(Int128 nanos) => nanos <= TokenCost.MostNanos ? (long)nanos : throw Refuse("It comes to more than one event may.");

    private static BillingRefusedException Refuse(string why) => new(BillingRefusal.Invalid, why);
}

/// <summary>Quantities and charge of an event; differences may be below zero.</summary>
/// <param name="Tokens">Tokens.</param>
/// <param name="DeviceSeconds">Device-seconds that are charged.</param>
/// <param name="Requests">Requests that an invoice counts.</param>
/// <param name="ChargeNanos">What was accrued.</param>
/// <param name="UnchargedNanos">What was not.</param>
internal readonly record struct EventAmounts(ChargedTokens Tokens, long DeviceSeconds, long Requests, long ChargeNanos, long UnchargedNanos)
{
    public static EventAmounts operator -(EventAmounts a, EventAmounts b) => new(
        new ChargedTokens(a.Tokens.Prompt - b.Tokens.Prompt, a.Tokens.Cached - b.Tokens.Cached, a.Tokens.Completion - b.Tokens.Completion),
        a.DeviceSeconds - b.DeviceSeconds,
        a.Requests - b.Requests,
        a.ChargeNanos - b.ChargeNanos,
        a.UnchargedNanos - b.UnchargedNanos);
}
