using System.Globalization;
using System.Text;

namespace Lazuli.Proofs;

/// <summary>A log's tree at one size (C2SP tlog-checkpoint): origin, number of leaves, root, and lines of extension, if any.</summary>
public sealed class Checkpoint
{
    private const string What = "checkpoint";
    private const int MostExtensions = 64;

    /// <summary>Describes a tree.</summary>
    /// <exception cref="ArgumentException">A negative size; an origin or extension line that is empty, has control characters or is no Unicode; a size of 0 with another root than the empty tree's.</exception>
    public Checkpoint(string origin, long size, MerkleHash root, params IReadOnlyList<string> extensions)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        if (!IsLine(origin) || extensions.Count > MostExtensions || !extensions.All(IsLine))
        {
            throw new ArgumentException($"The origin and up to {MostExtensions} extension lines are not empty, Unicode, and without control characters.", nameof(origin));
        }

        if (size == 0 && root != MerkleHash.OfEmptyTree)
        {
            throw new ArgumentException($"The tree without leaves has the root {MerkleHash.OfEmptyTree}; got {root}.", nameof(root));
        }

        (Origin, Size, Root, Extensions) = (origin, size, root, [.. extensions]);
    }

    /// <summary>Which log.</summary>
    public string Origin { get; }

    /// <summary>Number of leaves.</summary>
    public long Size { get; }

    /// <summary>The root of the tree.</summary>
    public MerkleHash Root { get; }

    /// <summary>Further lines, which are signed but which nobody can audit.</summary>
    public IReadOnlyList<string> Extensions { get; }

    /// <summary>Reads the text of a note as a checkpoint.</summary>
    /// <exception cref="NoteFormatException">It is none.</exception>
    public static Checkpoint Parse(string text) => Parse(text, 1);

    /// <summary>Opens a checkpoint that a log signed: reads the note, checks the signatures by known keys, and asks that the log's own be among them.</summary>
    /// <param name="note">The note in UTF-8.</param>
    /// <param name="logKey">The log's key; its name must be the origin.</param>
    /// <param name="otherKeys">Keys of witnesses; a signature by one of them must hold if it is there, and need not be there.</param>
    /// <exception cref="NoteFormatException">It is no note, or its text is no checkpoint.</exception>
    public static CheckpointResult Open(ReadOnlySpan<byte> note, VerifierKey logKey, params IReadOnlyList<VerifierKey> otherKeys) =>
        Open(SignedNote.Parse(note), logKey, otherKeys);

    internal static CheckpointResult Open(SignedNote note, VerifierKey logKey, IReadOnlyList<VerifierKey> otherKeys)
    {
        switch (note.Verify([logKey, .. otherKeys]))
        {
            case NoteResult.Refused refused:
                return new CheckpointResult.Refused(refused.Reason);
            case NoteResult.Verified verified when !verified.Signers.Contains(logKey):
                return new CheckpointResult.Refused($"The log's own key {logKey.Name} ({logKey.Id:x8}) has not signed it.");
            default:
                Checkpoint checkpoint = Parse(note.Text);
                return checkpoint.Origin == logKey.Name
                    ? new CheckpointResult.Opened(checkpoint, note)
                    : new CheckpointResult.Refused($"It is of the log {NoteFormatException.Quote(checkpoint.Origin)}, not of '{logKey.Name}'.");
        }
    }

    private static Checkpoint Parse(string text, int firstLine)
    {
        if (!text.EndsWith('\n'))
        {
            throw new NoteFormatException(What, 0, "a line feed at the end", "none");
        }

        string[] lines = text[..^1].Split('\n', 3 + MostExtensions + 1);
        if (lines.Length is < 3 or > 3 + MostExtensions)
        {
            throw new NoteFormatException(What, 0, $"origin, size, root and at most {MostExtensions} extension lines", lines.Length < 3 ? $"{lines.Length} lines" : "more");
        }

        for (int i = 0; i < lines.Length; i++)
        {
            if (!IsLine(lines[i]))
            {
                throw new NoteFormatException(What, firstLine + i, "text without control characters", lines[i].Length == 0 ? "an empty line" : NoteFormatException.Quote(lines[i]));
            }
        }

        if (!NoteText.TryParseNumber(lines[1], out long size))
        {
            throw new NoteFormatException(What, firstLine + 1, "a tree size from 0 to 9223372036854775807 without leading zeros", NoteFormatException.Quote(lines[1]));
        }

        if (!MerkleHash.TryParseBase64(lines[2], out MerkleHash root))
        {
            throw new NoteFormatException(What, firstLine + 2, "32 bytes in base64", NoteFormatException.Quote(lines[2]));
        }

        return size == 0 && root != MerkleHash.OfEmptyTree
            ? throw new NoteFormatException(What, firstLine + 2, "the root of the empty tree, since the size is 0", NoteFormatException.Quote(lines[2]))
            : new Checkpoint(lines[0], size, root, lines[3..]);
    }

    /// <summary>The text that is signed.</summary>
    public override string ToString()
    {
        StringBuilder text = new StringBuilder(Origin).Append('\n').Append(Size.ToString(CultureInfo.InvariantCulture)).Append('\n').Append(Root.ToBase64()).Append('\n');
        foreach (string line in Extensions)
        {
            text.Append(line).Append('\n');
        }

        return text.ToString();
    }

    private static bool IsLine(string line) => line.Length > 0 && !line.Contains('\n') && NoteText.IsSignable(line + "\n");
}
