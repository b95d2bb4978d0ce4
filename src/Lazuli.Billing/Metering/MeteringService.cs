using Lazuli.Contracts;
using Lazuli.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Lazuli.Billing;

/// <summary>What metering does while the host runs: recovery at the start, heartbeats, looking for dead processes, and the source's end.</summary>
internal sealed partial class MeteringService(Admission admission, DeadSources dead, MoneyDatabase money, IServiceProvider services, IOptions<AdmissionOptions> options, TimeProvider time, ILogger<MeteringService> logger) : BackgroundService
{
    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await dead.LookAsync(cancellationToken).ConfigureAwait(false);
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        await admission.DoAsync(memory => memory.Close(), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        IntervalSealer? sealer = services.GetService<ITransparencyLog>() is null ? null : services.GetRequiredService<IntervalSealer>();
        bool isShared = money.Database.Kind != DatabaseKind.Sqlite; // then others must see that this process lives
        long lastInterval = 0;
        long lastBeat = time.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(500), time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                long interval = UnixTime.Interval(UnixTime.Microseconds(time.GetUtcNow()), options.Value.IntervalSeconds);
                bool isBeatDue = isShared && time.GetElapsedTime(lastBeat) >= options.Value.DeadAfter / 4;
                if (interval == lastInterval && !isBeatDue)
                {
                    continue;
                }

                try
                {
                    await admission.DoAsync(memory => true, stoppingToken).ConfigureAwait(false);
                    if (isBeatDue)
                    {
                        await dead.LookAsync(stoppingToken).ConfigureAwait(false);
                    }

                    if (interval != lastInterval && sealer is not null)
                    {
                        await sealer.SealAsync(stoppingToken).ConfigureAwait(false);
                    }

                    (lastInterval, lastBeat) = (interval, time.GetTimestamp());
                }
                catch (StorageFailedException e)
                {
                    Log.Failed(logger, e); // tried again at the next tick; until then nothing is sealed
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host ends.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 5202, Level = LogLevel.Warning, Message = "A heartbeat of metering was not written")]
        public static partial void Failed(ILogger logger, Exception failure);
    }
}
