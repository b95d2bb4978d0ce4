namespace Lazuli.Licensing;

/// <summary>One entry of a licence's list of models, read: everything, a name, a digest, or a name at a digest.</summary>
internal readonly record struct ModelSelector(string? Name, string? Digest)
{
    public const string DigestPrefix = "sha256:";

    /// <summary>Whether it means every model.</summary>
    public bool IsAny => Name is null && Digest is null;

    /// <summary>Reads what <see cref="GrantRules.Problems"/> found to be of the right form.</summary>
    public static ModelSelector Parse(string text)
    {
        if (text == Contracts.GrantTerms.Any)
        {
            return default;
        }

        if (text.StartsWith(DigestPrefix, StringComparison.Ordinal))
        {
            return new ModelSelector(null, text);
        }

        int at = text.IndexOf('@', StringComparison.Ordinal);
        return at < 0 ? new ModelSelector(text, null) : new ModelSelector(text[..at], text[(at + 1)..]);
    }

    public bool Covers(string name, string digest) =>
        (Name is null || string.Equals(Name, name, StringComparison.Ordinal)) && (Digest is null || string.Equals(Digest, digest, StringComparison.Ordinal));

    /// <summary>Whether all that <paramref name="other"/> means is meant by this one too.</summary>
    public bool Contains(ModelSelector other) => (Name is null || Name == other.Name) && (Digest is null || Digest == other.Digest);

    /// <summary>Whether a model may exist that both mean. A name and a digest may be the same model, so they do.</summary>
    public bool MayMeet(ModelSelector other) =>
        (Name is null || other.Name is null || Name == other.Name) && (Digest is null || other.Digest is null || Digest == other.Digest);
}
