using System.Runtime.InteropServices;
using Lazuli.Storage;

namespace Lazuli.Billing;

/// <summary>A source of events that this process numbers, and the sums of its running interval. Follows the database from batch to batch; for one thread.</summary>
internal sealed class MeterSource(int lengthSeconds)
{
    private const int MostMissedBeats = 3_000;

    private readonly Dictionary<(long Profile, long EventInterval), MeterSums> _sums = [];
    private long _interval;
    private long _counted;
    private long _next;

    /// <summary>Its row; 0 while it has none.</summary>
    public long Id { get; private set; }

    /// <summary>Its name, e.g. <c>node/7</c>.</summary>
    public string Name { get; private set; } = "";

    /// <summary>When its last event was, at least; no event is before it.</summary>
    public long LastMicroseconds { get; private set; }

    /// <summary>Number of the next event.</summary>
    public long Next => _next;

    /// <summary>Makes a new source.</summary>
    public void Open(DatabaseTransaction transaction, string node, long nowMicroseconds)
    {
        (Id, Name) = MeterRows.OpenSource(transaction, node, nowMicroseconds);
        Start(transaction, nowMicroseconds);
    }

    /// <summary>Reads where the source stands, after a batch that was lost; false when it has no row, or another process ended it.</summary>
    public bool Reload(DatabaseTransaction transaction)
    {
        if (Id == 0 || MeterRows.ReadOpenSource(transaction, Id) is not { } row)
        {
            Id = 0;
            return false;
        }

        Start(transaction, row.LastMicroseconds);
        return true;
    }

    /// <summary>Numbers an event and counts it.</summary>
    public MeterRow Add(MeterRow row)
    {
        MeterRow numbered = row with { Source = Id, Sequence = _next++ };
        ref MeterSums? sums = ref CollectionsMarshal.GetValueRefOrAddDefault(_sums, (row.Profile, UnixTime.Interval(row.AtMicroseconds, lengthSeconds)), out _);
        (sums ??= new MeterSums()).Add(numbered);
        return numbered;
    }

    /// <summary>Writes the heartbeats of intervals that are over.</summary>
    public void Turn(DatabaseTransaction transaction, long nowMicroseconds)
    {
        long now = UnixTime.Interval(nowMicroseconds, lengthSeconds);
        if (now <= _interval)
        {
            return;
        }

        Count(transaction);
        for (long silent = Math.Max(_interval + lengthSeconds, now - (MostMissedBeats * (long)lengthSeconds)); silent < now; silent += lengthSeconds)
        {
            MeterRows.InsertBeat(transaction, silent, Id, lengthSeconds, _next, 0);
        }

        _interval = now;
    }

    /// <summary>Ends the source, with what its interval has so far: it never has another event.</summary>
    public void Close(DatabaseTransaction transaction, long nowMicroseconds)
    {
        Turn(transaction, nowMicroseconds);
        Count(transaction);
        Write(transaction, nowMicroseconds);
        MeterRows.EndSource(transaction, Id, nowMicroseconds);
        Id = 0;
    }

    /// <summary>Keeps where the source stands.</summary>
    public void Write(DatabaseTransaction transaction, long nowMicroseconds)
    {
        LastMicroseconds = nowMicroseconds;
        MeterRows.UpdateSource(transaction, Id, nowMicroseconds, _next, _counted);
    }

    private void Count(DatabaseTransaction transaction)
    {
        foreach (((long profile, long eventInterval), MeterSums sums) in _sums)
        {
            MeterRows.InsertSums(transaction, _interval, Id, profile, eventInterval, sums);
        }

        MeterRows.InsertBeat(transaction, _interval, Id, lengthSeconds, _counted, _next - _counted);
        _sums.Clear();
        _counted = _next;
    }

    private void Start(DatabaseTransaction transaction, long nowMicroseconds)
    {
        (_next, _counted, LastMicroseconds) = MeterRows.ReadOpenSource(transaction, Id)!.Value;
        _interval = UnixTime.Interval(nowMicroseconds, lengthSeconds);
        _sums.Clear();
        foreach ((long interval, long eventInterval, long profile, MeterSums sums) in MeterRows.ReadUncounted(transaction, Id, _counted, lengthSeconds))
        {
            _interval = interval; // events are uncounted in one interval only: the next begins with a heartbeat
            _sums.Add((profile, eventInterval), sums);
        }
    }
}
