using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Lazuli.Gateway;

/// <summary>Delivers events while the host runs: looks for new ones, hands them out, sends what is due, several endpoints at a time.</summary>
internal sealed partial class WebhookService(
    WebhookFanOut fanOut, WebhookQueue queue, WebhookCourier courier, IOptions<WebhookOptions> options, TimeProvider time, ILogger<WebhookService> logger) : BackgroundService
{
    private static readonly TimeSpan s_pruneInterval = TimeSpan.FromHours(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var running = new List<Task>();
        long? prunedAt = null;
        bool isRecovered = false;
        using var timer = new PeriodicTimer(options.Value.PollInterval, time);
        Task<bool> tick = timer.WaitForNextTickAsync(stoppingToken).AsTask();
        bool isNewTick = true;
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                try
                {
                    if (!isRecovered)
                    {
                        await queue.RecoverAsync(stoppingToken).ConfigureAwait(false);
                        isRecovered = true;
                    }

                    if (isNewTick)
                    {
                        await fanOut.RunAsync(stoppingToken).ConfigureAwait(false);
                    }

                    running.RemoveAll(task => task.IsCompleted);
                    foreach (WebhookClaim claim in await queue.ClaimAsync(options.Value.Concurrency - running.Count, stoppingToken).ConfigureAwait(false))
                    {
                        running.Add(courier.DeliverAsync(claim, stoppingToken));
                    }

                    if (prunedAt is null || time.GetElapsedTime(prunedAt.Value) >= s_pruneInterval)
                    {
                        prunedAt = time.GetTimestamp();
                        await queue.PruneAsync(stoppingToken).ConfigureAwait(false);
                        await fanOut.PruneAsync(time.GetUtcNow() - options.Value.Retention, stoppingToken).ConfigureAwait(false);
                    }
                }
#pragma warning disable CA1031 // nothing is lost, the next tick tries again; and what cannot be told must not end what is served
                catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
                {
                    Log.Failed(logger, e);
                    await tick.ConfigureAwait(false);
                }

                await Task.WhenAny([tick, .. running]).ConfigureAwait(false);
                isNewTick = tick.IsCompleted;
                if (isNewTick)
                {
                    await tick.ConfigureAwait(false);
                    tick = timer.WaitForNextTickAsync(stoppingToken).AsTask();
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host ends; what is under way is given back below.
        }

        await Task.WhenAll(running).ConfigureAwait(false);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 4101, Level = LogLevel.Warning, Message = "Webhooks could not be looked after; it is tried again")]
        public static partial void Failed(ILogger logger, Exception failure);
    }
}
