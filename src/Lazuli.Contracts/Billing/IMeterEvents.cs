namespace Lazuli.Contracts;

/// <summary>Reads meter events. Thread-safe.</summary>
public interface IMeterEvents
{
    /// <summary>The event of a settled request; null while it runs, and for one that never was.</summary>
    Task<MeterEvent?> FindAsync(Guid requestId, CancellationToken cancellationToken);

    /// <summary>Requests that a killed process left behind, settled at their last durable marks.</summary>
    Task<IReadOnlyList<MeterEvent>> InterruptedAsync(CancellationToken cancellationToken);
}
