using System.Diagnostics;
using Lazuli.Contracts;
using Microsoft.Extensions.DependencyInjection;

namespace Lazuli.Cli;

/// <summary>Closes the month of a benchmark: an invoice for each customer, a royalty statement for each link, and the check that they agree.</summary>
internal static class LedgerClose
{
    /// <summary>Closes it and tells how long it took and how much memory it wanted.</summary>
    public static async Task<LedgerCloseDocument> RunAsync(IServiceProvider services, LedgerPartnership partnership, DateTimeOffset from, DateTimeOffset until, CancellationToken cancel)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long allocated = GC.GetTotalAllocatedBytes();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task<long> watching = MostMemoryAsync(stop.Token);
        long start = Stopwatch.GetTimestamp();
        MonthCloseResult closed = await services.GetRequiredService<IMonthClose>().CloseAsync(
            new MonthCloseRequest
            {
                Issuer = new InvoiceParty(partnership.Sellers[^1], "Seller", []),
                Currency = LedgerPartnership.Currency,
                From = from,
                Until = until,
                CustomerOf = customer => new InvoiceParty(customer, customer.Value, []),
            },
            cancel).ConfigureAwait(false);
        var owed = new List<long>();
        for (int link = partnership.Grants.Count - 1; link >= 0; link--)
        {
            RoyaltyStatement statement = await services.GetRequiredService<IRoyalties>().IssueAsync(
                partnership.Sellers[link], partnership.Sellers[link + 1], LedgerPartnership.Currency, from, until, [partnership.Grants[link]], cancel).ConfigureAwait(false);
            owed.Add(statement.TotalNanos);
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        await stop.CancelAsync().ConfigureAwait(false);
        long most = await watching.ConfigureAwait(false);
        if (closed.Refused.Count > 0)
        {
            throw new CommandException($"The month of {closed.Refused[0].Customer} was not closed: {closed.Refused[0].Reason}");
        }

        return new LedgerCloseDocument
        {
            Seconds = seconds,
            Invoices = closed.Invoices.Count,
            InvoicedNanos = closed.Invoices.Sum(invoice => invoice.TotalNanos),
            RoyaltyNanos = owed,
            MemoryMebibytes = most / 1024.0 / 1024.0,
            AllocatedMebibytes = (GC.GetTotalAllocatedBytes() - allocated) / 1024.0 / 1024.0,
        };
    }

    /// <summary>How far this process's resident memory rose above where it was, looked at every 10 ms until cancelled.</summary>
    private static async Task<long> MostMemoryAsync(CancellationToken stop)
    {
        long before = Environment.WorkingSet;
        long most = 0;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        try
        {
            while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
            {
                most = Math.Max(most, Environment.WorkingSet - before);
            }
        }
        catch (OperationCanceledException)
        {
            // The close is done.
        }

        return most;
    }
}
