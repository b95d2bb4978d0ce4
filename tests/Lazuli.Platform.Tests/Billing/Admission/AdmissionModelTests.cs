using CsCheck;
using Lazuli.Billing;
using Lazuli.Contracts;
using static Lazuli.Platform.Tests.Billing.BookSamples;

namespace Lazuli.Platform.Tests.Billing;

/// <summary>The book against a reference that keeps a list of what happened and adds it up anew each time.</summary>
public sealed class AdmissionModelTests
{
    private static readonly Gen<(int Kind, int Who, int Prompt, int Most, int Pick, double Wait)[]> Steps =
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 6], Gen.Int[0, 40], Gen.Int[0, 60], Gen.Int[0, 1000], Gen.Double[0, 40]).Array[1, 120];

    [Fact]
    public void Any_interleaving_keeps_hard_budgets_and_ends_each_hold_once() => Gen.Select(Gen.Long[100, 3000], Gen.Long[100, 6000], Gen.Long[0, 3000], Steps).Sample((day, month, credit, steps) =>
    {
        AccountState[] all =
        [
            Account(new AccountLimits { SpendPerDay = Hard(day), RequestsPerMinute = 7 }, 1),
            Account(new AccountLimits { SpendPerMonth = Hard(month), TokensPerMinute = 300, Concurrency = 4 }, 2),
            Account(new AccountLimits { PrepaidIn = Euro, TokensPerDay = 4000 }, 3),
        ];
        all[2].CreditNanos = credit;
        var live = new List<Hold>();
        var charges = new List<(Hold Hold, long Nanos, AdmissionMoment At)>();
        var admitted = new List<(Hold Hold, AdmissionMoment At)>();
        double seconds = 0;
        foreach ((int kind, int who, int prompt, int most, int pick, double wait) in steps)
        {
            AdmissionMoment now = At(seconds);
            switch (kind)
            {
                case 0 or 1:
                    AccountState[] accounts = [.. all.Where((_, i) => ((who + 1) & (1 << i)) != 0)];
                    AdmissionAnswer answer = AdmissionBook.Admit(Guid.CreateVersion7(), Profile, accounts, prompt, most, 16, now);
                    if (answer is AdmissionAnswer.Admitted(var hold))
                    {
                        live.Add(hold);
                        admitted.Add((hold, now));
                    }
                    else if (answer is AdmissionAnswer.Refused { Code: AdmissionRefusal.Budget or AdmissionRefusal.Credit })
                    {
                        // Refused for money only where money is short even if all that is held came back.
                        long least = (prompt * 2) + (Math.Min(1, most) * 10);
                        Assert.Contains(accounts, a => Left(a, charges, now) is { } left && left < least);
                    }

                    break;
                case 2 when live.Count > 0:
                    AdmissionBook.Extend(live[pick % live.Count], live[pick % live.Count].Allowance + 16, now);
                    break;
                case 3 or 4 when live.Count > 0:
                    Hold ended = live[pick % live.Count];
                    live.RemoveAt(pick % live.Count);
                    long generated = ended.Allowance * (pick % 5) / 4;
                    (long charge, long uncharged) = AdmissionBook.Settle(ended, new ChargedTokens(ended.PromptTokens, ended.PromptTokens / 2, generated), now);
                    Assert.Equal(0, uncharged);
                    charges.Add((ended, charge, now));
                    break;
                case 5:
                    seconds += wait * wait * wait; // up to 18 hours
                    break;
            }

            Check(all, live, charges, admitted, At(seconds));
        }
    }, iter: 2000);

    private static long? Left(AccountState account, List<(Hold Hold, long Nanos, AdmissionMoment At)> charges, AdmissionMoment now)
    {
        long Spent(Func<AdmissionMoment, bool> when) => charges.Where(c => c.Hold.Accounts.Contains(account) && when(c.At)).Sum(c => c.Nanos);
        return account.Limits switch
        {
            { SpendPerDay: { } day } => day.Amount.Nanos - Spent(at => at.Utc.Date == now.Utc.Date),
            { SpendPerMonth: { } month } => month.Amount.Nanos - Spent(at => at.Utc.Month == now.Utc.Month),
            { PrepaidIn: not null } => account.CreditNanos - Spent(_ => true),
            _ => null,
        };
    }

    private static void Check(AccountState[] all, List<Hold> live, List<(Hold Hold, long Nanos, AdmissionMoment At)> charges, List<(Hold Hold, AdmissionMoment At)> admitted, AdmissionMoment now)
    {
        foreach (AccountState account in all)
        {
            account.Advance(now);
            Hold[] mine = [.. live.Where(h => h.Accounts.Contains(account))];
            Assert.Equal(mine.Sum(h => h.HeldNanos), account.HeldNanos);
            Assert.Equal(mine.Length, account.Running);
            Assert.Equal(mine.Count(h => h.IsWaiting), account.Waiting);
            Assert.InRange(account.AvailableNanos()!.Value, 0, long.MaxValue);
            Assert.Equal(Left(account, charges, now) - account.HeldNanos, account.AvailableNanos());
            Assert.True(account.Limits.Concurrency is not { } most || mine.Length <= most);
            int lastMinute = admitted.Count(a => a.Hold.Accounts.Contains(account) && now.LimitTicks - a.At.LimitTicks < TimeSpan.TicksPerMinute);
            Assert.True(account.Limits.RequestsPerMinute is not { } perMinute || lastMinute <= perMinute);
            Assert.True(account.RequestsMinute.Total >= lastMinute);
        }
    }
}
