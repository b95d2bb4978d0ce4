namespace Lazuli.Contracts;

/// <summary>Meter events that do not come from this process: other nodes, partners who serve, importers. Thread-safe.</summary>
/// <remarks>A source's events are recorded in the order of its numbers. What is held back holds back what comes after it from the same source, and keeps the period from being invoiced.</remarks>
public interface IOutsideEvents
{
    /// <summary>Registers a source; the same again changes nothing.</summary>
    /// <exception cref="BillingRefusedException">The name cannot be, or is registered with other content.</exception>
    Task<MeterEmitter> RegisterAsync(string name, PartyId party, bool beats, CancellationToken cancellationToken);

    /// <summary>Closes a source: it sends no more.</summary>
    /// <exception cref="BillingRefusedException">There is none, or events of it wait.</exception>
    Task<MeterEmitter> CloseAsync(string name, CancellationToken cancellationToken);

    /// <summary>A source's heartbeat: it has sent all that ended before <paramref name="until"/>, up to number <paramref name="sequence"/>.</summary>
    /// <exception cref="BillingRefusedException">There is no such source, it is closed, or the heartbeat is from the future or behind one before.</exception>
    Task<MeterEmitter> BeatAsync(string name, DateTimeOffset until, long sequence, CancellationToken cancellationToken);

    /// <summary>All sources outside, by name.</summary>
    Task<IReadOnlyList<MeterEmitter>> ListEmittersAsync(CancellationToken cancellationToken);

    /// <summary>Takes one event or a list of them, CloudEvents 1.0 in JSON as <c>docs/reference/metering.md</c> says; answers each in turn. What was answered is durable.</summary>
    /// <exception cref="BillingRefusedException">The document is malformed, with the place; then nothing of it was taken.</exception>
    Task<IReadOnlyList<EventVerdict>> TakeAsync(ReadOnlyMemory<byte> document, CancellationToken cancellationToken);

    /// <summary>Quarantined events of a state, oldest first; at most a thousand after an id.</summary>
    Task<IReadOnlyList<QuarantinedEvent>> ListQuarantineAsync(QuarantineState state, long after, CancellationToken cancellationToken);

    /// <summary>Lets an event through, over its age, size, charge or a gap; numbers that never came are given up. Events behind it go on as they can.</summary>
    /// <exception cref="BillingRefusedException">It does not wait, numbers before it wait themselves, or it cannot be charged as it is.</exception>
    Task<QuarantinedEvent> ReleaseAsync(Actor actor, long id, string reason, CancellationToken cancellationToken);

    /// <summary>Throws an event away; its number is given up, and events behind it go on as they can.</summary>
    /// <exception cref="BillingRefusedException">It does not wait.</exception>
    Task<QuarantinedEvent> DropAsync(Actor actor, long id, string reason, CancellationToken cancellationToken);

    /// <summary>Records the difference to what an event really took, as a new event of this process, and moves the ledger with it.</summary>
    /// <exception cref="BillingRefusedException">There is no such event, it is a correction itself, nothing would change, or a quantity would be below zero.</exception>
    Task<MeterEvent> CorrectAsync(Actor actor, EventCorrection correction, CancellationToken cancellationToken);
}
