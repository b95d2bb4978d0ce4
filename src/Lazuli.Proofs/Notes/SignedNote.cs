using System.Text;

namespace Lazuli.Proofs;

/// <summary>A text and the signatures on it (C2SP signed-note). Until <see cref="Verify"/> says so, nothing shows that anybody signed it.</summary>
public sealed class SignedNote
{
    /// <summary>The longest note that is read, in bytes.</summary>
    public const int LongestNote = 1 << 20;

    /// <summary>The most signatures that a note may carry.</summary>
    public const int MostSignatures = 100;

    private SignedNote(string text, IReadOnlyList<NoteSignature> signatures) => (Text, Signatures) = (text, signatures);

    /// <summary>The text, with its last line feed.</summary>
    public string Text { get; }

    /// <summary>The signatures, as they stand.</summary>
    public IReadOnlyList<NoteSignature> Signatures { get; }

    /// <summary>Signs a text.</summary>
    /// <exception cref="ArgumentException">The text does not end in a line feed, has control characters or is no Unicode; or there is no signature or too many.</exception>
    public static SignedNote Create(string text, params IReadOnlyList<NoteSignature> signatures)
    {
        if (!NoteText.IsSignable(text))
        {
            throw new ArgumentException("A note's text is Unicode, ends in a line feed and has no other control characters.", nameof(text));
        }

        if (signatures.Count is 0 or > MostSignatures)
        {
            throw new ArgumentException($"A note carries 1 to {MostSignatures} signatures; got {signatures.Count}.", nameof(signatures));
        }

        return new SignedNote(text, [.. signatures]);
    }

    /// <summary>Reads a note.</summary>
    /// <exception cref="NoteFormatException">It is none, or longer than <see cref="LongestNote"/>, or carries more than <see cref="MostSignatures"/>.</exception>
    public static SignedNote Parse(ReadOnlySpan<byte> utf8) => Parse("note", NoteText.Decode("note", utf8, LongestNote), 1);

    internal static SignedNote Parse(string what, string note, int firstLine)
    {
        int blank = note.LastIndexOf("\n\n", StringComparison.Ordinal); // the text may have empty lines: the last one parts it from the signatures
        if (blank < 0)
        {
            throw new NoteFormatException(what, 0, "an empty line between text and signatures", "none");
        }

        string text = note[..(blank + 1)];
        string rest = note[(blank + 2)..];
        int line = firstLine + text.AsSpan().Count('\n') + 1;
        if (!rest.EndsWith('\n'))
        {
            throw new NoteFormatException(what, line, "signature lines, each ending in a line feed", rest.Length == 0 ? "the end" : "no line feed at the end");
        }

        string[] lines = rest[..^1].Split('\n', MostSignatures + 1);
        if (lines.Length > MostSignatures)
        {
            throw new NoteFormatException(what, line + MostSignatures, $"at most {MostSignatures} signatures", "more");
        }

        return new SignedNote(text, [.. lines.Select((l, i) => NoteSignature.Parse(what, line + i, l))]);
    }

    /// <summary>The same text with more signatures, such as those of witnesses.</summary>
    /// <exception cref="ArgumentException">Too many signatures.</exception>
    public SignedNote With(params IReadOnlyList<NoteSignature> signatures) => Create(Text, [.. Signatures, .. signatures]);

    /// <summary>Checks the signatures by known keys: one must hold, and none may fail. Signatures by other keys are ignored.</summary>
    public NoteResult Verify(params IReadOnlyList<VerifierKey> knownKeys)
    {
        List<VerifierKey> signers = [];
        foreach (NoteSignature signature in Signatures)
        {
            foreach (VerifierKey key in knownKeys)
            {
                if (!key.IsNamedBy(signature))
                {
                    continue;
                }

                if (!key.Verify(Text, signature))
                {
                    return new NoteResult.Refused(NoteFault.BadSignature, $"The signature by {key.Name} (key {key.Id:x8}) does not hold.");
                }

                if (!signers.Contains(key))
                {
                    signers.Add(key);
                }
            }
        }

        return signers.Count > 0
            ? new NoteResult.Verified(Text, signers)
            : new NoteResult.Refused(NoteFault.NoKnownSigner, $"None of its {Signatures.Count} signatures is by one of the {knownKeys.Count} known keys.");
    }

    /// <summary>The note as it is stored and sent.</summary>
    public override string ToString()
    {
        StringBuilder note = new StringBuilder(Text).Append('\n');
        foreach (NoteSignature signature in Signatures)
        {
            note.Append(signature).Append('\n');
        }

        return note.ToString();
    }

    /// <summary>The note in UTF-8.</summary>
    public byte[] ToUtf8() => NoteText.Utf8.GetBytes(ToString());
}
