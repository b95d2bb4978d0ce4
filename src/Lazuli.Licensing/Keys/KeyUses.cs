using System.Collections.Concurrent;
using Lazuli.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lazuli.Licensing;

/// <summary>When keys were last used: noted in memory as requests come, written once a minute and at the end.</summary>
internal sealed partial class KeyUses(LazuliDatabase database, TimeProvider time, ILogger<KeyUses>? logger = null) : BackgroundService
{
    private static readonly TimeSpan s_period = TimeSpan.FromMinutes(1);

    private readonly ILogger _logger = logger ?? NullLogger<KeyUses>.Instance;
    private readonly ConcurrentDictionary<string, DateTimeOffset> _unwritten = new(StringComparer.Ordinal);

    public void Note(string key) => _unwritten[key] = time.GetUtcNow();

    /// <summary>The last use that is noted and not written yet.</summary>
    public DateTimeOffset? Unwritten(string key) => _unwritten.TryGetValue(key, out DateTimeOffset at) ? at : null;

    /// <summary>Writes what is noted.</summary>
    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        KeyValuePair<string, DateTimeOffset>[] uses = [.. _unwritten];
        if (uses.Length == 0)
        {
            return;
        }

        await database.WriteAsync(
            transaction => uses.Sum(use => transaction.Execute(
                "UPDATE api_keys SET last_used_at = @at WHERE id = @id AND (last_used_at IS NULL OR last_used_at < @at)", new { id = use.Key, at = StoredTime.Format(use.Value) })),
            cancellationToken).ConfigureAwait(false);
        foreach (KeyValuePair<string, DateTimeOffset> use in uses)
        {
            _unwritten.TryRemove(use); // only where it was not used again meanwhile
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        await TryWriteAsync(CancellationToken.None).ConfigureAwait(false); // one short write, also when stopping is hurried
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                await TryWriteAsync(stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    // Telemetry fails open: a full disk ends writes that matter by itself.
    private async Task TryWriteAsync(CancellationToken cancellationToken)
    {
        try
        {
            await WriteAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (StorageFailedException e)
        {
            LogUnwritten(_logger, e);
        }
    }

    [LoggerMessage(EventId = 5101, Level = LogLevel.Warning, Message = "Last uses of keys cannot be written")]
    private static partial void LogUnwritten(ILogger logger, Exception exception);
}
