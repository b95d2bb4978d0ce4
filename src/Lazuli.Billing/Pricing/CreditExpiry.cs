using Lazuli.Contracts;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Lazuli.Billing;

/// <summary>Lets credit pay and expire once a minute while the host runs; replicas may all do it, since each credit expires once.</summary>
internal sealed partial class CreditExpiry(ICredits credits, TimeProvider time, ILogger<CreditExpiry> logger) : BackgroundService
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            try
            {
                int expired = await credits.ExpireAsync(stoppingToken).ConfigureAwait(false);
                if (expired > 0)
                {
                    Log.Expired(logger, expired);
                }
            }
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                // The next minute tries again: nothing of it was done.
                Log.Failed(logger, e);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 3201, Level = LogLevel.Information, Message = "{Count} credits expired")]
        public static partial void Expired(ILogger logger, int count);

        [LoggerMessage(EventId = 3202, Level = LogLevel.Warning, Message = "Credit could not be looked through for what expired")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
