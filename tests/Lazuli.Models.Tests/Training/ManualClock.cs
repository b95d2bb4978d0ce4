namespace Lazuli.Models.Tests;

/// <summary>A clock that only moves when told.</summary>
internal sealed class ManualClock : TimeProvider
{
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _ticks;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + new TimeSpan(_ticks);

    public void Advance(TimeSpan time) => _ticks += time.Ticks;
}
