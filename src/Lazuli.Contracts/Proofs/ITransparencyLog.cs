namespace Lazuli.Contracts;

/// <summary>The append-only log that everybody can check. Thread-safe.</summary>
public interface ITransparencyLog
{
    /// <summary>The log's public key, as in C2SP signed-note ("vkey").</summary>
    string VerifierKey { get; }

    /// <summary>Leaves under the checkpoint signed last.</summary>
    long Size { get; }

    /// <summary>Adds entries of 1 to 65,535 bytes in this order; ends when they are durable under a signed checkpoint.</summary>
    /// <returns>Index of the first.</returns>
    Task<long> AppendAsync(IReadOnlyList<ReadOnlyMemory<byte>> entries, CancellationToken cancellationToken);

    /// <summary>The entry at an index; null beyond <see cref="Size"/>.</summary>
    Task<ReadOnlyMemory<byte>?> ReadAsync(long index, CancellationToken cancellationToken);

    /// <summary>A receipt (C2SP tlog-proof) that the entry at <paramref name="index"/> is under the checkpoint signed last.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such leaf.</exception>
    Task<string> ReceiptAsync(long index, CancellationToken cancellationToken);

    /// <summary>The checkpoint signed last, as a signed note; empty before the first.</summary>
    string Checkpoint { get; }
}
