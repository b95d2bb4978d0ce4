namespace Lazuli.Proofs;

/// <summary>The private key of somebody who signs notes: <c>PRIVATE+KEY+name+hex of 4 bytes+base64(type || 32 bytes of seed)</c>.</summary>
/// <remarks>Its <see cref="ToString"/> shows the public half only.</remarks>
public sealed class SignerKey
{
    private const string Prefix = "PRIVATE+KEY+";

    private readonly byte[] _seed;

    private SignerKey(string name, NoteKeyType type, byte[] seed)
    {
        _seed = seed;
        Verifier = VerifierKey.Create(name, type, Ed25519.PublicKeyOf(seed));
    }

    /// <summary>The public half.</summary>
    public VerifierKey Verifier { get; }

    /// <summary>A new key from the operating system's random numbers.</summary>
    /// <exception cref="ArgumentException">The name has spaces, control characters or a plus, or is empty.</exception>
    public static SignerKey Generate(string name, NoteKeyType type) => new(name, type, Ed25519.NewSeed());

    /// <summary>The key that follows from a seed of 32 bytes.</summary>
    /// <exception cref="ArgumentException">Another length, or a name with spaces, control characters or a plus, or an empty one.</exception>
    public static SignerKey FromSeed(string name, NoteKeyType type, ReadOnlySpan<byte> seed) =>
        seed.Length == Ed25519.SeedLength
            ? new SignerKey(name, type, seed.ToArray())
            : throw new ArgumentException($"A seed is {Ed25519.SeedLength} bytes; got {seed.Length}.", nameof(seed));

    /// <summary>Reads the text of a private key; no message repeats any of it.</summary>
    /// <exception cref="NoteFormatException">It is none, or its id is not that of its name and key.</exception>
    public static SignerKey Parse(string text)
    {
        const string what = "signing key";
        string[] parts = text.StartsWith(Prefix, StringComparison.Ordinal) ? text[Prefix.Length..].Split('+', 3) : [];
        if (parts.Length != 3)
        {
            throw new NoteFormatException(what, 0, "'PRIVATE+KEY+<name>+<8 hex digits>+<base64>'", "something else");
        }

        (NoteKeyType type, byte[] seed) = VerifierKey.ParseMaterial(what, parts[0], parts[2], Ed25519.SeedLength);
        SignerKey key = new(parts[0], type, seed);
        VerifierKey.CheckId(what, parts[1], key.Verifier.Id);
        return key;
    }

    /// <summary>Signs a note's text with an <see cref="NoteKeyType.Ed25519"/> key.</summary>
    /// <exception cref="ArgumentException">The text cannot be signed: see <see cref="SignedNote.Create"/>.</exception>
    /// <exception cref="InvalidOperationException">The key is a witness's; see <see cref="Cosign"/>.</exception>
    public NoteSignature Sign(string text)
    {
        Require(NoteKeyType.Ed25519);
        CheckText(text);
        return new NoteSignature(Verifier.Name, Verifier.Id, Ed25519.Sign(_seed, NoteText.Utf8.GetBytes(text)));
    }

    /// <summary>Signs a checkpoint as a witness: that at <paramref name="time"/> it was the largest consistent tree seen of its log.</summary>
    /// <exception cref="ArgumentException">The time is before 1970, or the text cannot be signed: see <see cref="SignedNote.Create"/>.</exception>
    /// <exception cref="InvalidOperationException">The key is not a <see cref="NoteKeyType.CosignatureV1"/> one.</exception>
    public NoteSignature Cosign(Checkpoint checkpoint, DateTimeOffset time)
    {
        Require(NoteKeyType.CosignatureV1);
        long seconds = time.ToUnixTimeSeconds();
        ArgumentOutOfRangeException.ThrowIfNegative(seconds, nameof(time));
        byte[] signature = Ed25519.Sign(_seed, Cosignature.SignedBytes(seconds, checkpoint.ToString()));
        return new NoteSignature(Verifier.Name, Verifier.Id, Cosignature.Format(seconds, signature));
    }

    /// <summary>The private text, for a file that nobody else can read.</summary>
    public string ToPrivateText() => $"{Prefix}{Verifier.Name}+{Verifier.Id:x8}+{Convert.ToBase64String([(byte)Verifier.Type, .. _seed])}";

    /// <summary>The public half as a vkey.</summary>
    public override string ToString() => Verifier.ToString();

    private void Require(NoteKeyType type)
    {
        if (Verifier.Type != type)
        {
            throw new InvalidOperationException($"A key of type {Verifier.Type} does not make signatures of type {type}.");
        }
    }

    private static void CheckText(string text)
    {
        if (!NoteText.IsSignable(text))
        {
            throw new ArgumentException("A note's text is Unicode, ends in a line feed and has no other control characters.", nameof(text));
        }
    }
}
