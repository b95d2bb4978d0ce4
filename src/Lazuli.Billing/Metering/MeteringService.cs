using Lazuli.Contracts;
using Lazuli.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Lazuli.Billing;

/// <summary>What metering does while the host runs: recovery at the start, heartbeats, looking for dead processes, and the source's end.</summary>
internal sealed partial class MeteringService(Admission admission, DeadSources dead, MoneyDatabase money, IServiceProvider services, Sealing sealing, IOptions<AdmissionOptions> options, TimeProvider time, ILogger<MeteringService> logger) : BackgroundService
{
    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await IntervalLength.CheckAsync(money, options.Value.IntervalSeconds, cancellationToken).ConfigureAwait(false);
        if (services.GetService<ITransparencyLog>() is { } log)
        {
            await new LogBinding(money, time).BindAsync(log, cancellationToken).ConfigureAwait(false);
        }

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

                    lastBeat = time.GetTimestamp();
                    if (interval == lastInterval || await TrySealAsync(stoppingToken).ConfigureAwait(false))
                    {
                        lastInterval = interval;
                    }
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

    /// <summary>Seals where there is a log. A log that fails stops neither requests nor their metering: intervals wait for it, and no period is invoiced meanwhile.</summary>
    internal async Task<bool> TrySealAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (services.GetService<ITransparencyLog>() is not null)
            {
                await services.GetRequiredService<IntervalSealer>().SealAsync(cancellationToken).ConfigureAwait(false);
                await services.GetRequiredService<DocumentSealer>().SealAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is LogFailedException or LogRefusedException or IOException or UnauthorizedAccessException)
        {
            string next = e is LogFailedException { NeedsRestart: false } or IOException ? "It is tried again." : "Mend it, then restart this process.";
            if (sealing.Fail($"Use is metered but not sealed: {e.Message} {next}"))
            {
                Log.Unsealed(logger, e);
            }

            return false;
        }

        if (sealing.Succeed())
        {
            Log.SealedAgain(logger);
        }

        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 5202, Level = LogLevel.Warning, Message = "A heartbeat of metering was not written")]
        public static partial void Failed(ILogger logger, Exception failure);

        [LoggerMessage(EventId = 5203, Level = LogLevel.Error, Message = "Use is metered but not sealed: the transparency log takes nothing")]
        public static partial void Unsealed(ILogger logger, Exception failure);

        [LoggerMessage(EventId = 5204, Level = LogLevel.Information, Message = "The transparency log takes entries again; what waited is sealed")]
        public static partial void SealedAgain(ILogger logger);
    }
}
