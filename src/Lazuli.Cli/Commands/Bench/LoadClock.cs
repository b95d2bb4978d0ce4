namespace Lazuli.Cli;

/// <summary>A clock that a benchmark moves: real time runs on, and each request can carry it a step further, so that a month of use is metered in minutes.</summary>
internal sealed class LoadClock(DateTimeOffset start) : TimeProvider
{
    private readonly long _begun = System.GetTimestamp();
    private long _skippedTicks;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override long GetTimestamp() => System.GetElapsedTime(_begun).Ticks + Interlocked.Read(ref _skippedTicks);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => start.AddTicks(GetTimestamp());

    /// <summary>Moves it on.</summary>
    public void Skip(TimeSpan step) => Interlocked.Add(ref _skippedTicks, step.Ticks);
}
