using System.Globalization;
using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>Decides who comes in and what is held and charged. Pure: no clock, no I/O, no threads; the same calls make the same answers and states.</summary>
/// <remarks>
/// Invariants, whatever the order of calls: for each account with hard limits on money, limit − spent − held is never below zero because of an
/// admission, extension or settlement; <c>held</c> is the sum over its holds; a hold ends once.
/// </remarks>
internal static class AdmissionBook
{
    /// <summary>Takes a hold on all accounts, or on none.</summary>
    /// <param name="requestId">Its id.</param>
    /// <param name="profile">Whose, and at which price.</param>
    /// <param name="accounts">The accounts with limits among its key, project, party and grants.</param>
    /// <param name="promptTokens">Exact; not negative.</param>
    /// <param name="maxNewTokens">Not negative.</param>
    /// <param name="chunk">Tokens to hold at first, where money allows.</param>
    /// <param name="now">When.</param>
    public static AdmissionAnswer Admit(Guid requestId, MeterProfile profile, AccountState[] accounts, long promptTokens, long maxNewTokens, long chunk, in AdmissionMoment now)
    {
        if (promptTokens > TokenCost.MostTokens || maxNewTokens > TokenCost.MostTokens || TokenCost.Of(profile.Prices, new ChargedTokens(promptTokens, 0, maxNewTokens)) is null)
        {
            return new AdmissionAnswer.Refused(AdmissionRefusal.TooLarge, string.Create(CultureInfo.InvariantCulture,
                $"A request has at most {TokenCost.MostTokens:N0} tokens and costs at most {new Money(TokenCost.MostNanos, profile.Prices.Currency)}; this one asks for {promptTokens:N0} and up to {maxNewTokens:N0} new ones."), null);
        }

        long allowance = Math.Min(chunk, maxNewTokens);
        long tokens = promptTokens + allowance;
        AdmissionAnswer.Refused? worst = null;
        foreach (AccountState account in accounts)
        {
            account.Advance(now);
            worst = Worse(worst, CountRefusal(account, tokens, promptTokens + Math.Min(1, maxNewTokens), now));
        }

        if (worst is not null)
        {
            return worst;
        }

        foreach (AccountState account in accounts)
        {
            if (account.Currency is { } currency && currency != profile.Prices.Currency)
            {
                return new AdmissionAnswer.Refused(AdmissionRefusal.Budget, $"The limits of {account.Subject} are in {currency} and the price is in {profile.Prices.Currency}; set limits in the price's currency.", null);
            }

            if (account.Limits.PrepaidWith is { } seller && seller != profile.Prices.Seller && !profile.Prices.AreZero)
            {
                return new AdmissionAnswer.Refused(AdmissionRefusal.Credit, $"Prepaid credit of {account.Subject} is with {seller}, and this model is sold by {profile.Prices.Seller}.", null);
            }

            if (account.AvailableNanos() is not { } available)
            {
                continue;
            }

            long forOutput = available - (promptTokens * profile.Prices.InputNanos);
            allowance = Math.Min(allowance, TokenCost.Affordable(forOutput, profile.Prices.OutputNanos));
            if (forOutput < 0 || allowance < Math.Min(1, maxNewTokens))
            {
                (AdmissionRefusal code, string reason) = account.ExplainMoney();
                var no = new AdmissionAnswer.Refused(code, reason, null) { ShortOf = account };
                return account.HeldNanos > 0 && CouldFit(account, profile, promptTokens, maxNewTokens) ? new AdmissionAnswer.Wait(account, no) : no;
            }
        }

        var hold = new Hold
        {
            RequestId = requestId,
            Profile = profile,
            Accounts = accounts,
            PromptTokens = promptTokens,
            MaxNewTokens = maxNewTokens,
            AdmittedAt = now.Utc,
            Allowance = allowance,
            HeldNanos = (promptTokens * profile.Prices.InputNanos) + (allowance * profile.Prices.OutputNanos),
            CountedTokens = promptTokens + allowance,
            CountedAtTicks = now.LimitTicks,
        };
        foreach (AccountState account in accounts)
        {
            account.Running++;
            account.HeldNanos += hold.HeldNanos;
            account.RequestsMinute.Add(1);
            account.RequestsDay.Add(1);
            account.TokensMinute.Add(hold.CountedTokens);
            account.TokensDay.Add(hold.CountedTokens);
        }

        return new AdmissionAnswer.Admitted(hold);
    }

    /// <summary>Holds more, up to <paramref name="wanted"/> tokens in all, as far as money allows.</summary>
    /// <returns>The account where others' holds are in the way of even one more, and may go: then ask again. Else null.</returns>
    public static AccountState? Extend(Hold hold, long wanted, in AdmissionMoment now)
    {
        StopWaiting(hold);
        wanted = Math.Min(wanted, hold.MaxNewTokens);
        if (wanted <= hold.Allowance)
        {
            return null;
        }

        long more = wanted - hold.Allowance;
        AccountState? blocking = null;
        foreach (AccountState account in hold.Accounts)
        {
            account.Advance(now);
            if (account.AvailableNanos() is { } available)
            {
                more = Math.Min(more, TokenCost.Affordable(available, hold.Profile.Prices.OutputNanos));
                blocking = more == 0 ? blocking ?? account : blocking;
            }
        }

        if (more > 0)
        {
            long nanos = more * hold.Profile.Prices.OutputNanos;
            hold.Allowance += more;
            hold.HeldNanos += nanos;
            hold.CountedTokens += more;
            hold.CountedAtTicks = now.LimitTicks;
            foreach (AccountState account in hold.Accounts)
            {
                account.HeldNanos += nanos;
                account.TokensMinute.Add(more);
                account.TokensDay.Add(more);
            }

            return null;
        }

        // If all that run wait for each other, nobody ever gives anything back: the last one to come goes without.
        if (blocking is null || blocking.Waiting + 1 >= blocking.Running || blocking.HeldNanos <= hold.HeldNanos)
        {
            blocking?.RunShort();
            return null;
        }

        hold.IsWaiting = true;
        foreach (AccountState account in hold.Accounts)
        {
            account.Waiting++;
        }

        return blocking;
    }

    /// <summary>It waits no longer, whether or not it got what it waited for.</summary>
    public static void StopWaiting(Hold hold)
    {
        if (hold.IsWaiting)
        {
            hold.IsWaiting = false;
            foreach (AccountState account in hold.Accounts)
            {
                account.Waiting--;
            }
        }
    }

    /// <summary>Charges what was used and frees the rest. Call once a hold.</summary>
    /// <returns>The charge, never above what is held; and what the tokens would have cost beyond it, which nobody pays.</returns>
    public static (long ChargeNanos, long UnchargedNanos) Settle(Hold hold, ChargedTokens tokens, in AdmissionMoment now)
    {
        StopWaiting(hold);
        long price = TokenCost.Of(hold.Profile.Prices, tokens) ?? TokenCost.MostNanos;
        long charge = Math.Min(price, hold.HeldNanos);
        long used = tokens.Prompt + tokens.Completion;
        foreach (AccountState account in hold.Accounts)
        {
            account.Advance(now);
            account.Running--;
            account.HeldNanos -= hold.HeldNanos;
            account.SpentDayNanos += charge;
            account.SpentMonthNanos += charge;
            account.CreditSpentNanos += account.Limits.PrepaidIn is null ? 0 : charge;
            if (used < hold.CountedTokens)
            {
                account.TokensMinute.TakeBack(hold.CountedTokens - used, hold.CountedAtTicks);
                account.TokensDay.TakeBack(hold.CountedTokens - used, hold.CountedAtTicks);
            }
            else
            {
                account.TokensMinute.Add(used - hold.CountedTokens);
                account.TokensDay.Add(used - hold.CountedTokens);
            }
        }

        return (charge, price - charge);
    }

    /// <summary>The tightest limits of these accounts.</summary>
    public static LimitState Limits(AccountState[] accounts, in AdmissionMoment now)
    {
        LimitWindow? requests = null;
        LimitWindow? tokens = null;
        foreach (AccountState account in accounts)
        {
            account.Advance(now);
            AccountLimits limits = account.Limits;
            Tighten(ref requests, limits.RequestsPerMinute, account.RequestsMinute, now);
            Tighten(ref requests, limits.RequestsPerDay, account.RequestsDay, now);
            Tighten(ref tokens, limits.TokensPerMinute, account.TokensMinute, now);
            Tighten(ref tokens, limits.TokensPerDay, account.TokensDay, now);
        }

        return requests is null && tokens is null ? LimitState.None : new LimitState(requests, tokens);
    }

    private static void Tighten(ref LimitWindow? tightest, long? limit, SlidingWindow window, in AdmissionMoment now)
    {
        if (limit is not { } most)
        {
            return;
        }

        long remaining = Math.Max(0, most - window.Total);
        if (tightest is not null && remaining > tightest.Remaining)
        {
            return;
        }

        // Of two that leave as much, the one that stays full longer: whoever waits for the other would be refused again.
        TimeSpan reset = window.UntilEmpty(now.LimitTicks);
        if (tightest is null || remaining < tightest.Remaining || reset > tightest.Reset)
        {
            tightest = new LimitWindow(most, remaining, reset);
        }
    }

    /// <summary>Whether the request would fit if all that is held came back.</summary>
    private static bool CouldFit(AccountState account, MeterProfile profile, long promptTokens, long maxNewTokens) =>
        account.AvailableNanos() + account.HeldNanos >= (promptTokens * profile.Prices.InputNanos) + (Math.Min(1, maxNewTokens) * profile.Prices.OutputNanos);

    private static AdmissionAnswer.Refused? CountRefusal(AccountState account, long tokens, long fewest, in AdmissionMoment now)
    {
        AccountLimits limits = account.Limits;
        AdmissionAnswer.Refused? worst = Over(account, AdmissionRefusal.RequestLimit, "requests a minute", limits.RequestsPerMinute, account.RequestsMinute, 1, 1, now);
        worst = Worse(worst, Over(account, AdmissionRefusal.RequestLimit, "requests in 24 hours", limits.RequestsPerDay, account.RequestsDay, 1, 1, now));
        worst = Worse(worst, Over(account, AdmissionRefusal.TokenLimit, "tokens a minute", limits.TokensPerMinute, account.TokensMinute, tokens, fewest, now));
        worst = Worse(worst, Over(account, AdmissionRefusal.TokenLimit, "tokens in 24 hours", limits.TokensPerDay, account.TokensDay, tokens, fewest, now));
        return worst is null && limits.Concurrency is { } most && account.Running >= most
            ? new AdmissionAnswer.Refused(AdmissionRefusal.ConcurrencyLimit, string.Create(CultureInfo.InvariantCulture, $"The limit of {account.Subject} is {most:N0} requests at once; {account.Running:N0} are running."), TimeSpan.FromSeconds(1))
            : worst;
    }

    /// <summary>The refusal that lasts longer: coming back when the other has passed would be refused again. One without an end lasts longest.</summary>
    private static AdmissionAnswer.Refused? Worse(AdmissionAnswer.Refused? one, AdmissionAnswer.Refused? other) =>
        one is null ? other
        : other is null || one.RetryAfter is null ? one
        : other.RetryAfter is null || other.RetryAfter > one.RetryAfter ? other
        : one;

    private static AdmissionAnswer.Refused? Over(AccountState account, AdmissionRefusal code, string what, long? limit, SlidingWindow window, long wanted, long fewest, in AdmissionMoment now)
    {
        if (limit is not { } most)
        {
            return null;
        }

        long needed = Math.Max(fewest, Math.Min(wanted, most)); // where even the first chunk is above the limit, the whole window is enough
        return window.Total + needed <= most
            ? null
            : new AdmissionAnswer.Refused(
                code,
                string.Create(CultureInfo.InvariantCulture, $"The limit of {account.Subject} is {most:N0} {what}; {window.Total:N0} are counted and this request needs {needed:N0}."),
                window.UntilRoom(needed, most, now.LimitTicks));
    }
}
