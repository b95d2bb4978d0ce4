namespace Lazuli.Models;

/// <summary>One split rule, as code: where the piece that starts here ends.</summary>
/// <remarks>A rule is a type, so that the loop over pieces is compiled once for each. Pieces are never empty, follow one another without gaps and depend on no byte before <c>start</c>.</remarks>
internal interface ISplitter
{
    /// <summary>Index after the piece that starts at <paramref name="start"/>, which must be inside the text.</summary>
    static abstract int PieceEnd(ReadOnlySpan<byte> text, int start);
}
