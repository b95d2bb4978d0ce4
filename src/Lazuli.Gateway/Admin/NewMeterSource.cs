using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>Body that registers a source of meter events.</summary>
/// <param name="Name">Small letters, digits, dots and hyphens.</param>
/// <param name="Party">Who runs it.</param>
/// <param name="Beats">Whether it promises heartbeats.</param>
public sealed record NewMeterSource(string Name, PartyId Party, bool Beats = false);

/// <summary>Body of a source's heartbeat.</summary>
/// <param name="Until">All that ended before was sent.</param>
/// <param name="Sequence">The highest number that was.</param>
public sealed record MeterHeartbeat(DateTimeOffset Until, long Sequence);
