using Lazuli.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Lazuli.Licensing;

/// <summary>Lets decisions follow other processes' changes and the clock, once a second, and tells of terms that are over.</summary>
internal sealed partial class EntitlementsWatch(Entitlements entitlements, ExpiredGrants expired, TimeProvider time, ILogger<EntitlementsWatch> logger) : BackgroundService
{
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(1);

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _ = entitlements.Current; // a host that cannot read its licences does not start
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                try
                {
                    await entitlements.RefreshAsync(stoppingToken).ConfigureAwait(false);
                    await expired.TellAsync(stoppingToken).ConfigureAwait(false);
                }
                catch (StorageFailedException e)
                {
                    LogUnread(logger, e);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    [LoggerMessage(EventId = 5001, Level = LogLevel.Warning, Message = "The epoch of licences cannot be read")]
    private static partial void LogUnread(ILogger logger, Exception exception);
}
