using Lazuli.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Lazuli.Billing;

/// <summary>Settles what killed processes left behind, from the last durable marks.</summary>
/// <remarks>
/// A SQLite home has one process, so every other source is dead at once. With several processes a source is dead when its count of batches
/// has not moved for <see cref="AdmissionOptions.DeadAfter"/>, measured here and evenly: no two clocks are compared. Should it live after
/// all, it finds its source ended with the next batch, and goes on with a new one; a request that it still runs is settled as interrupted.
/// </remarks>
internal sealed partial class DeadSources(Admission admission, MoneyDatabase money, IOptions<AdmissionOptions> options, TimeProvider time, ILogger<DeadSources> logger)
{
    private const int MostAtOnce = 256;

    private readonly Dictionary<long, (long Beat, long Since)> _seen = [];

    /// <summary>Looks for dead sources and recovers them; answers how many requests were settled.</summary>
    public async Task<int> LookAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<OpenSource> open = await money.QueryAsync<OpenSource>(
            "SELECT id AS Id, name AS Name, beat AS Beat FROM meter_sources WHERE is_ours = 1 AND ended_us IS NULL ORDER BY id", null, cancellationToken).ConfigureAwait(false);
        long own = await admission.DoAsync(memory => memory.Source.Id, cancellationToken).ConfigureAwait(false);
        int settled = 0;
        foreach (OpenSource source in open)
        {
            if (source.Id != own && IsDead(source))
            {
                int requests = await RecoverAsync(source.Id, cancellationToken).ConfigureAwait(false);
                Log.Recovered(logger, source.Name, requests);
                settled += requests;
            }
        }

        return settled;
    }

    private bool IsDead(OpenSource source)
    {
        if (money.Database.Kind == DatabaseKind.Sqlite)
        {
            return true;
        }

        if (!_seen.TryGetValue(source.Id, out (long Beat, long Since) before) || before.Beat != source.Beat)
        {
            _seen[source.Id] = (source.Beat, time.GetTimestamp());
            return false;
        }

        return time.GetElapsedTime(before.Since) >= options.Value.DeadAfter;
    }

    private async Task<int> RecoverAsync(long source, CancellationToken cancellationToken)
    {
        int settled = 0;
        while (true)
        {
            int some = await admission.DoAsync(memory => memory.Recover(source, MostAtOnce, options.Value.IntervalSeconds), cancellationToken).ConfigureAwait(false);
            settled += some;
            if (some < MostAtOnce)
            {
                return settled;
            }
        }
    }

    private sealed class OpenSource
    {
        public long Id { get; init; }

        public string Name { get; init; } = "";

        public long Beat { get; init; }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 5201, Level = LogLevel.Warning, Message = "Metering source {Source} ended without closing: {Requests} requests settled at their last durable marks")]
        public static partial void Recovered(ILogger logger, string source, int requests);
    }
}
