using System.Globalization;
using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>Records events that no hold ends: jobs, corrections, events from outside. As part of a batch: event, sums, heartbeat, ledger and accounts in one transaction.</summary>
internal static class MeterRecorder
{
    /// <summary>Records an event that this process numbers; answers it numbered.</summary>
    public static MeterRow Own(AdmissionMemory memory, MeterProfile profile, MeterRow row, EventParticulars particulars)
    {
        memory.OpenSource();
        MeterRow numbered = memory.Source.Add(row);
        Write(memory, profile, memory.Source.Name, numbered, particulars);
        return numbered;
    }

    /// <summary>Records a source's next event from outside.</summary>
    /// <param name="memory">The batch.</param>
    /// <param name="source">The source; its next number becomes the one after the event's.</param>
    /// <param name="profile">The event's profile, numbered.</param>
    /// <param name="row">The event, with its source and number.</param>
    /// <param name="particulars">What else is said of it.</param>
    public static void Outside(AdmissionMemory memory, EmitterRow source, MeterProfile profile, MeterRow row, EventParticulars particulars)
    {
        memory.OpenSource();
        Write(memory, profile, source.Name, row, particulars);
        long interval = UnixTime.Interval(memory.NowMicroseconds, memory.IntervalSeconds);
        var sums = new MeterSums();
        sums.Add(row);
        MeterRows.InsertBeat(memory.Transaction, interval, row.Source, memory.IntervalSeconds, row.Sequence, 1);
        MeterRows.InsertSums(memory.Transaction, interval, row.Source, row.Profile, UnixTime.Interval(row.AtMicroseconds, memory.IntervalSeconds), sums);
        source.Next = row.Sequence + 1;
        MeterRows.UpdateSource(memory.Transaction, source.Id, memory.NowMicroseconds, source.Next, source.Next);
    }

    private static void Write(AdmissionMemory memory, MeterProfile profile, string source, in MeterRow row, EventParticulars particulars)
    {
        MeterRows.InsertEvents(memory.Transaction, [row]);
        memory.Transaction.Execute(
            """
            INSERT INTO meter_particulars (source, sequence, kind, recorded_us, requests, device_seconds, content, reason, request)
            VALUES (@Source, @Sequence, @kind, @now, @Requests, @DeviceSeconds, @Content, @Reason, @Request)
            """,
            new { row.Source, row.Sequence, kind = (long)particulars.Kind, now = memory.NowMicroseconds, row.Requests, row.DeviceSeconds, particulars.Content, particulars.Reason, particulars.Request });
        if (row.ChargeNanos == 0)
        {
            return;
        }

        LedgerAccount accrued = LedgerAccount.Accrued(profile.Party, profile.Prices.Seller);
        LedgerAccount earnings = LedgerAccount.Earnings(profile.Prices.Seller);
        (LedgerAccount to, LedgerAccount from) = row.ChargeNanos > 0 ? (accrued, earnings) : (earnings, accrued);
        string identity = string.Create(CultureInfo.InvariantCulture, $"{source}/{row.Sequence}");
        LedgerWriter.Append(memory.Transaction, new Transfer(to, from, Math.Abs(row.ChargeNanos), profile.Prices.Currency, TransferKind.Usage, "event:" + identity, 0, memory.Now.Utc, identity));
        Count(memory, profile, row);
    }

    /// <summary>What was used elsewhere counts against budgets and credit here as well; it cannot be refused any more, so credit may be overdrawn by it.</summary>
    private static void Count(AdmissionMemory memory, MeterProfile profile, in MeterRow row)
    {
        var ended = new AdmissionMoment(0, UnixTime.FromMicroseconds(row.AtMicroseconds));
        foreach (AccountState account in memory.AccountsOf(profile))
        {
            if (account.Currency is { } currency && currency != profile.Prices.Currency)
            {
                continue;
            }

            account.Advance(memory.Now);
            account.SpentDayNanos = ended.Day == account.Day ? Math.Max(0, account.SpentDayNanos + row.ChargeNanos) : account.SpentDayNanos;
            account.SpentMonthNanos = ended.Month == account.Month ? Math.Max(0, account.SpentMonthNanos + row.ChargeNanos) : account.SpentMonthNanos;
            account.CreditSpentNanos += account.Limits.PrepaidIn is null ? 0 : row.ChargeNanos;
            memory.Change(account);
        }
    }
}
