using Lazuli.Contracts;
using Lazuli.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Lazuli.Billing;

/// <summary>Tells once a minute which invoices came to be overdue, each once, whichever process sees it first: nothing else happens at a due date.</summary>
internal sealed partial class OverdueInvoices(MoneyDatabase money, TimeProvider time, ILogger<OverdueInvoices> logger) : BackgroundService
{
    private const string Overdue = "overdue_told = 0 AND due_at < @now AND state IN ('Finalised', 'PartPaid')";
    private const int MostAtOnce = 200;
    private static readonly TimeSpan s_interval = TimeSpan.FromMinutes(1);

    /// <summary>Tells of those that are not told yet; answers how many.</summary>
    public async Task<int> TellAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        var values = new { now = StoredTime.Format(now), most = MostAtOnce };
        int told = 0;
        while ((await money.QueryAsync<string>($"SELECT id FROM invoices WHERE {Overdue} LIMIT 1", values, cancellationToken).ConfigureAwait(false)).Count > 0)
        {
            told += await money.WriteAsync(
                transaction =>
                {
                    IReadOnlyList<string> ids = transaction.Query<string>($"SELECT id FROM invoices WHERE {Overdue} ORDER BY due_at, id LIMIT @most", values);
                    foreach (string id in ids)
                    {
                        transaction.Execute("UPDATE invoices SET overdue_told = 1 WHERE id = @id", new { id });
                        InvoiceEvents.Append(transaction, InvoiceEvents.Overdue, new InvoiceId(id), now);
                    }

                    return ids.Count;
                },
                cancellationToken).ConfigureAwait(false);
        }

        return told;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_interval, time);
        try
        {
            do
            {
                try
                {
                    await TellAsync(stoppingToken).ConfigureAwait(false);
                }
                catch (StorageFailedException e)
                {
                    Log.Failed(logger, e); // the next minute tries again
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host ends.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 3211, Level = LogLevel.Warning, Message = "Invoices could not be looked through for what is overdue")]
        public static partial void Failed(ILogger logger, Exception failure);
    }
}
