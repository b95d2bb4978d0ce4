using Lazuli.Contracts;

namespace Lazuli.Platform.Tests.Billing;

/// <summary>A transparency log in memory, which can lose an answer, or fail as a full disk does.</summary>
internal sealed class MemoryLog : ITransparencyLog
{
    public List<byte[]> Entries { get; } = [];

    /// <summary>Keeps the next entries, and the caller does not hear of it.</summary>
    public bool FailNext { get; set; }

    /// <summary>Keeps nothing.</summary>
    public bool IsFull { get; set; }

    public string VerifierKey { get; init; } = "";

    public long Size => Entries.Count;

    public string Checkpoint => "";

    public Task<long> AppendAsync(IReadOnlyList<ReadOnlyMemory<byte>> entries, CancellationToken cancellationToken)
    {
        if (IsFull)
        {
            throw new IOException("No space left on device");
        }

        Entries.AddRange(entries.Select(entry => entry.ToArray()));
        if (FailNext)
        {
            FailNext = false;
            throw new IOException("The answer is lost.");
        }

        return Task.FromResult(Size - entries.Count);
    }

    public Task<ReadOnlyMemory<byte>?> ReadAsync(long index, CancellationToken cancellationToken) => Task.FromResult<ReadOnlyMemory<byte>?>(Entries[(int)index]);

    public Task<string> ReceiptAsync(long index, CancellationToken cancellationToken) => Task.FromResult("");
}
