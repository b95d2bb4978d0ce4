using System.Globalization;

namespace Lazuli.Contracts;

/// <summary>A meter event's identity, unique for ever.</summary>
/// <param name="Source">Who numbered it.</param>
/// <param name="Sequence">1, 2, 3 … without gaps in a source.</param>
public sealed record EventIdentity(string Source, long Sequence)
{
    /// <summary>Source, a slash and the number, as invoices name events.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Source}/{Sequence}");
}
