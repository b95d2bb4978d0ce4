namespace Lazuli.Contracts;

/// <summary>What a licensee owes a licensor for a period; never changed once issued.</summary>
public sealed record RoyaltyStatement
{
    /// <summary>The licensor's next number, without gaps, e.g. <c>lab-R000001</c>.</summary>
    public required string Number { get; init; }

    /// <summary>Who is paid.</summary>
    public required PartyId Licensor { get; init; }

    /// <summary>Who pays.</summary>
    public required PartyId Licensee { get; init; }

    /// <summary>Of all amounts.</summary>
    public required Currency Currency { get; init; }

    /// <summary>First instant of the period.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>First instant after it.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>When it was issued.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>A line an invoice and chain.</summary>
    public required IReadOnlyList<RoyaltyLine> Lines { get; init; }

    /// <summary>Fixed fees of the period, in nano-units.</summary>
    public required long FixedNanos { get; init; }

    /// <summary>Sum of the lines and fixed fees.</summary>
    public required long TotalNanos { get; init; }

    /// <summary>SHA-256 of its canonical JSON without this member, <c>sha256:…</c>, to be put in the log.</summary>
    public string Digest { get; init; } = "";
}
