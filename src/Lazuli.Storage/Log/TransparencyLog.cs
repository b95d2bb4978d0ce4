using System.Text;
using System.Threading.Channels;
using Lazuli.Contracts;
using Lazuli.Proofs;

namespace Lazuli.Storage;

/// <summary>The append-only log in a folder. Appends that wait at the same moment come under one checkpoint.</summary>
/// <remarks>
/// What an append does, in this order, so that a process killed at any instant leaves a log that opens: (1) bundles of entries and tiles
/// beyond the signed tree, synced; (2) the proof that the new tree begins with the signed one, read back from the files; (3) the signed
/// checkpoint beside the key, synced with its name: from here on it counts; (4) the public checkpoint; (5) the answer; (6) partial tiles
/// that became full are removed. Opening cuts what (1) left, and repeats (4).
/// </remarks>
public sealed class TransparencyLog : ITransparencyLog, IDisposable
{
    /// <summary>Bounds the memory of a batch, and how long its first append waits for the last.</summary>
    private const int MostBatchBytes = 16 << 20;

    private readonly LogFiles _files;
    private readonly LogIdentity _identity;
    private readonly Channel<Append> _queue = Channel.CreateUnbounded<Append>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Thread _thread;
    private LogTail _tail;
    private volatile Signed _signed;
    private volatile bool _needsRestart;

    private TransparencyLog(LogFiles files, LogIdentity identity, LogTail tail)
    {
        _files = files;
        _identity = identity;
        _tail = tail;
        _signed = new Signed(identity.Last, identity.Note);
        VerifierKey = identity.Key.Verifier.ToString();
        _thread = new Thread(Run) { IsBackground = true, Name = "lazuli-log-writer" };
        _thread.Start();
    }

    /// <inheritdoc/>
    public string VerifierKey { get; }

    /// <inheritdoc/>
    public long Size => _signed.Tree.Size;

    /// <inheritdoc/>
    public string Checkpoint => _signed.Note.ToString()!;

    /// <summary>Whether a checkpoint may or may not have been kept, so that nothing more is taken until the log is opened again.</summary>
    public bool NeedsRestart => _needsRestart;

    /// <summary>Opens a log, making it with its key when there is none; repairs what a crash left, and refuses what a crash cannot have left.</summary>
    /// <param name="folder">The public files: <c>checkpoint</c> and <c>tile/</c>, as C2SP tlog-tiles lays them out.</param>
    /// <param name="keysFolder">The private ones: <c>log.key</c>, and the checkpoint signed last.</param>
    /// <param name="name">The log's name, such as <c>lazuli.example/log</c>; fixed once the key is made.</param>
    /// <exception cref="LogRefusedException">The files do not lead to the root signed last, or another process has the log.</exception>
    public static TransparencyLog Open(string folder, string keysFolder, string name) => Open(new LogFiles(folder), keysFolder, name);

    internal static TransparencyLog Open(LogFiles files, string keysFolder, string name)
    {
        LogIdentity identity = LogIdentity.Open(keysFolder, name, files);
        try
        {
            // Settle which tree was signed last before anything is touched.
            byte[]? note = LogFiles.Read(files.CheckpointPath);
            CheckpointResult.Opened? seen = note is null ? null : identity.Verified(note, files.CheckpointPath);
            Checkpoint kept = identity.Last;
            CheckpointResult.Opened? newer = seen is not null && seen.Checkpoint.Size > kept.Size ? seen : null;
            Checkpoint last = newer?.Checkpoint ?? kept;
            LogTail tail = LogTail.Read(files, last);
            CheckEarlier(files, last, kept);
            if (seen is not null)
            {
                CheckEarlier(files, last, seen.Checkpoint);
            }

            if (newer is not null)
            {
                identity.Adopt(newer);
            }

            files.CutBeyond(identity.Last.Size);
            if (seen is null || seen.Checkpoint.Size != identity.Last.Size)
            {
                files.Write(files.CheckpointPath, Encoding.UTF8.GetBytes(identity.Note.ToString()!), settle: false);
            }

            return new TransparencyLog(files, identity, tail);
        }
        catch
        {
            identity.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">There is no entry, or one is empty or longer than 65,535 bytes.</exception>
    /// <exception cref="LogFailedException">The disk failed; the entries are not acknowledged.</exception>
    public Task<long> AppendAsync(IReadOnlyList<ReadOnlyMemory<byte>> entries, CancellationToken cancellationToken)
    {
        if (entries.Count == 0 || entries.Any(entry => entry.Length is 0 or > EntryBundle.LongestEntry))
        {
            throw new ArgumentException($"An append has entries, each of 1 to {EntryBundle.LongestEntry} bytes. Log the digest of what is larger.", nameof(entries));
        }

        // A copy: the caller's memory may change while it waits.
        var append = new Append([.. entries.Select(entry => (ReadOnlyMemory<byte>)entry.ToArray())], cancellationToken);
        bool queued = _queue.Writer.TryWrite(append);
        ObjectDisposedException.ThrowIf(!queued, this);
        return append.Done.Task;
    }

    /// <inheritdoc/>
    /// <exception cref="LogRefusedException">The entry is not the one whose hash the log has.</exception>
    public Task<ReadOnlyMemory<byte>?> ReadAsync(long index, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        cancellationToken.ThrowIfCancellationRequested();
        long size = Size;
        if (index >= size)
        {
            return Task.FromResult<ReadOnlyMemory<byte>?>(null);
        }

        TileAddress tile = TileAddress.InTree(0, index / TileAddress.FullWidth, size)!.Value;
        ReadOnlyMemory<byte> entry = _files.ReadBundle(new EntryBundleAddress(tile.Index, tile.Width))[(int)(index % TileAddress.FullWidth)];
        MerkleHash leaf = ParseTile(tile)[(int)(index % TileAddress.FullWidth)];
        MerkleHash found = MerkleHash.OfLeaf(entry.Span);
        return leaf == found
            ? Task.FromResult<ReadOnlyMemory<byte>?>(entry)
            : throw new LogRefusedException(_files[new EntryBundleAddress(tile.Index, tile.Width).Path], $"entry {index} with the leaf hash {leaf}, which {tile.Path} has", found.ToString());
    }

    /// <inheritdoc/>
    /// <exception cref="LogRefusedException">The tiles do not lead to the signed root.</exception>
    public async Task<string> ReceiptAsync(long index, CancellationToken cancellationToken)
    {
        Signed signed = _signed;
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, signed.Tree.Size);
        try
        {
            var tree = new TileTree(_files, signed.Tree.Size);
            MerkleHash[] proof = await tree.ProveInclusionAsync(index, cancellationToken).ConfigureAwait(false);
            var receipt = new LogReceipt(index, proof, signed.Note);
            MerkleHash leaf = await tree.LeafAsync(index, cancellationToken).ConfigureAwait(false);
            return receipt.Verify(leaf, _identity.Key.Verifier) is ReceiptResult.Refused refused
                ? throw new LogRefusedException(_files.Folder, $"tiles that prove leaf {index} under the signed root", refused.Reason + " Verify the whole log to find the file.")
                : receipt.ToString();
        }
        catch (TileFormatException e)
        {
            throw new LogRefusedException(_files[e.Path], e.Expected, e.Found, e);
        }
    }

    /// <summary>Reads the whole log and compares it with the checkpoint signed last: every entry, tile and checkpoint, in bounded memory. Appends go on meanwhile.</summary>
    /// <returns>The files that are not what that checkpoint says; none when all is well.</returns>
    public Task<IReadOnlyList<LogFault>> VerifyAsync(CancellationToken cancellationToken) =>
        Task.Run<IReadOnlyList<LogFault>>(() => new LogAudit(_files, _signed.Tree).Run(_identity, cancellationToken), cancellationToken);

    /// <summary>Finishes the queued appends and closes the log.</summary>
    public void Dispose()
    {
        if (_queue.Writer.TryComplete())
        {
            _thread.Join();
            _identity.Dispose();
        }
    }

    private static void CheckEarlier(LogFiles files, Checkpoint last, Checkpoint earlier)
    {
        MerkleHash[] proof = Prove(files, earlier.Size, last.Size);
        if (MerkleProof.VerifyConsistency(earlier.Size, earlier.Root, last.Size, last.Root, proof) is ProofResult.Invalid invalid)
        {
            throw new LogRefusedException(files.Folder, $"a log that begins with the {earlier.Size} leaves it signed before", invalid.Reason);
        }
    }

    private static MerkleHash[] Prove(LogFiles files, long oldSize, long newSize)
    {
        try
        {
            // The files answer at once.
            return new TileTree(files, newSize).ProveConsistencyAsync(oldSize, default).AsTask().GetAwaiter().GetResult();
        }
        catch (TileFormatException e)
        {
            throw new LogRefusedException(files[e.Path], e.Expected, e.Found, e);
        }
    }

    private Tile ParseTile(TileAddress address)
    {
        try
        {
            return Tile.Parse(address, _files.ReadTile(address) ?? throw new LogRefusedException(_files[address.Path], "a tile", "no file"));
        }
        catch (TileFormatException e)
        {
            throw new LogRefusedException(_files[e.Path], e.Expected, e.Found, e);
        }
    }

    private void Run()
    {
        var batch = new List<Append>();
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            batch.Clear();
            long bytes = 0;
            while (bytes < MostBatchBytes && _queue.Reader.TryRead(out Append? append))
            {
                if (append.CancellationToken.IsCancellationRequested)
                {
                    append.Done.SetCanceled(append.CancellationToken);
                }
                else
                {
                    batch.Add(append);
                    bytes += append.Entries.Sum(entry => (long)entry.Length);
                }
            }

            if (batch.Count > 0)
            {
                RunBatch(batch);
            }
        }
    }

    private void RunBatch(List<Append> batch)
    {
        bool signing = false;
        try
        {
            if (_needsRestart)
            {
                throw new LogFailedException(_files.Folder, "an earlier checkpoint could not be kept for sure. Restart to find out which counts.", needsRestart: true);
            }

            long first = _tail.Size;
            LogTail next = _tail.Grow(_files, batch.SelectMany(append => append.Entries));
            var tree = new Checkpoint(_identity.Last.Origin, next.Size, next.Root);
            MerkleHash[] consistency = Prove(_files, first, next.Size);
            signing = true;
            _identity.Sign(tree, consistency);
            _files.Write(_files.CheckpointPath, Encoding.UTF8.GetBytes(_identity.Note.ToString()!), settle: false);
            signing = false;
            _tail = next;
            _signed = new Signed(_identity.Last, _identity.Note);
            foreach (Append append in batch)
            {
                append.Done.SetResult(first);
                first += append.Entries.Count;
            }
        }
#pragma warning disable CA1031 // the callers get it, whatever it is; this thread serves the next ones
        catch (Exception e)
#pragma warning restore CA1031
        {
            _needsRestart |= signing;
            Exception told = e is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException
                ? new LogFailedException(_files.Folder, e.Message, _needsRestart, e)
                : e;
            batch.ForEach(append => append.Done.SetException(told));
            return;
        }

        RemoveFilledPartials(_tail.Filled);
    }

    private void RemoveFilledPartials(IReadOnlyList<string> names)
    {
        try
        {
            foreach (string name in names)
            {
                _files.RemovePartials(name);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // They are right, only no longer needed, and an audit still checks them.
        }
    }

    private sealed record Signed(Checkpoint Tree, SignedNote Note);

    private sealed class Append(ReadOnlyMemory<byte>[] entries, CancellationToken cancellationToken)
    {
        public IReadOnlyList<ReadOnlyMemory<byte>> Entries { get; } = entries;

        public CancellationToken CancellationToken { get; } = cancellationToken;

        public TaskCompletionSource<long> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
