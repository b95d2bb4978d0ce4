using System.Globalization;
using System.Text;

namespace Lazuli.Proofs;

/// <summary>A file that shows, without asking anybody, that a log holds an entry (C2SP tlog-proof): its index, its inclusion proof and the signed checkpoint.</summary>
public sealed class LogReceipt
{
    private const string What = "log receipt";
    private const string Header = "c2sp.org/tlog-proof@v1";
    private const string ExtraStart = "extra ";
    private const string IndexStart = "index ";

    private readonly MerkleHash[] _proof;

    /// <summary>Puts a receipt together.</summary>
    /// <param name="index">The entry's index in the log.</param>
    /// <param name="proof">Its inclusion proof in the tree of the checkpoint.</param>
    /// <param name="checkpoint">The checkpoint, signed.</param>
    /// <param name="extra">What else its reader needs; nobody has signed it.</param>
    /// <exception cref="ArgumentException">A negative index, or more than 64 hashes.</exception>
    public LogReceipt(long index, ReadOnlySpan<MerkleHash> proof, SignedNote checkpoint, ReadOnlyMemory<byte>? extra = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(proof.Length, MerkleProof.LongestProof, nameof(proof));
        (Index, _proof, Note, Extra) = (index, proof.ToArray(), checkpoint, extra);
    }

    /// <summary>The entry's index in the log.</summary>
    public long Index { get; }

    /// <summary>Its inclusion proof.</summary>
    public IReadOnlyList<MerkleHash> Proof => _proof;

    /// <summary>The signed checkpoint.</summary>
    public SignedNote Note { get; }

    /// <summary>What else came with it, which nobody has signed.</summary>
    public ReadOnlyMemory<byte>? Extra { get; }

    /// <summary>Reads a receipt.</summary>
    /// <exception cref="NoteFormatException">It is none.</exception>
    public static LogReceipt Parse(ReadOnlySpan<byte> utf8)
    {
        string text = NoteText.Decode(What, utf8, SignedNote.LongestNote);
        int blank = text.IndexOf("\n\n", StringComparison.Ordinal);
        if (blank < 0)
        {
            throw new NoteFormatException(What, 0, "an empty line between proof and checkpoint", "none");
        }

        string[] lines = text[..blank].Split('\n', MerkleProof.LongestProof + 4); // header, extra, index; one more than may be
        if (lines[0] != Header)
        {
            throw new NoteFormatException(What, 1, $"'{Header}'", NoteFormatException.Quote(lines[0]));
        }

        int next = 1;
        byte[]? extra = null;
        if (next < lines.Length && lines[next].StartsWith(ExtraStart, StringComparison.Ordinal) && !CanonicalBase64.TryDecode(lines[next++][ExtraStart.Length..], out extra))
        {
            throw new NoteFormatException(What, next, "base64 after 'extra '", "something else");
        }

        if (next == lines.Length || !lines[next].StartsWith(IndexStart, StringComparison.Ordinal) || !NoteText.TryParseNumber(lines[next].AsSpan(IndexStart.Length), out long index))
        {
            throw new NoteFormatException(What, next + 1, "'index <number from 0 without leading zeros>'", next == lines.Length ? "the empty line" : NoteFormatException.Quote(lines[next]));
        }

        next++;
        if (lines.Length - next > MerkleProof.LongestProof)
        {
            throw new NoteFormatException(What, next + MerkleProof.LongestProof + 1, $"at most {MerkleProof.LongestProof} hashes", "more");
        }

        MerkleHash[] proof = new MerkleHash[lines.Length - next];
        for (int i = 0; i < proof.Length; i++)
        {
            if (!MerkleHash.TryParseBase64(lines[next + i], out proof[i]))
            {
                throw new NoteFormatException(What, next + i + 1, "a hash of 32 bytes in base64", NoteFormatException.Quote(lines[next + i]));
            }
        }

        SignedNote note = SignedNote.Parse(What, text[(blank + 2)..], lines.Length + 2);
        return new LogReceipt(index, proof, note, extra is null ? null : (ReadOnlyMemory<byte>?)extra);
    }

    /// <summary>Checks that the log holds the entry with this leaf hash at this index.</summary>
    /// <param name="leaf">The entry's leaf hash: <see cref="MerkleHash.OfLeaf"/> of its bytes.</param>
    /// <param name="logKey">The log's key; its name must be the checkpoint's origin.</param>
    /// <param name="otherKeys">Keys of witnesses; see <see cref="Checkpoint.Open(ReadOnlySpan{byte}, VerifierKey, IReadOnlyList{VerifierKey})"/>.</param>
    /// <exception cref="NoteFormatException">The signed text is no checkpoint.</exception>
    public ReceiptResult Verify(MerkleHash leaf, VerifierKey logKey, params IReadOnlyList<VerifierKey> otherKeys)
    {
        switch (Checkpoint.Open(Note, logKey, otherKeys))
        {
            case CheckpointResult.Opened opened:
                Checkpoint checkpoint = opened.Checkpoint;
                return MerkleProof.VerifyInclusion(leaf, Index, checkpoint.Size, checkpoint.Root, _proof) is ProofResult.Invalid invalid
                    ? new ReceiptResult.Refused($"The proof does not hold: {invalid.Reason}")
                    : new ReceiptResult.Verified(Index, checkpoint);
            case CheckpointResult.Refused refused:
                return new ReceiptResult.Refused($"The checkpoint does not hold: {refused.Reason}");
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>The receipt as it is stored.</summary>
    public override string ToString()
    {
        StringBuilder text = new StringBuilder(Header).Append('\n');
        if (Extra is ReadOnlyMemory<byte> extra)
        {
            text.Append(ExtraStart).Append(Convert.ToBase64String(extra.Span)).Append('\n');
        }

        text.Append(IndexStart).Append(Index.ToString(CultureInfo.InvariantCulture)).Append('\n');
        foreach (MerkleHash hash in _proof)
        {
            text.Append(hash.ToBase64()).Append('\n');
        }

        return text.Append('\n').Append(Note).ToString();
    }
}

/// <summary>What came of checking a receipt.</summary>
public abstract record ReceiptResult
{
    private ReceiptResult()
    {
    }

    /// <summary>The log holds the entry.</summary>
    public sealed record Verified(long Index, Checkpoint Checkpoint) : ReceiptResult;

    /// <summary>The receipt shows nothing.</summary>
    public sealed record Refused(string Reason) : ReceiptResult;
}
