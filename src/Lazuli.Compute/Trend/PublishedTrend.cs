namespace Lazuli.Compute;

/// <summary>A doubling time that others published, with their interval.</summary>
/// <param name="Source">Who and where.</param>
/// <param name="Systems">Which systems, from when to when.</param>
/// <param name="Count">Systems fitted.</param>
/// <param name="Low">Months at 2.5 %.</param>
/// <param name="DoublingMonths">Months a doubling.</param>
/// <param name="High">Months at 97.5 %.</param>
/// <remarks>Their month has 30 days and their year 365: a doubling time of theirs is 1.5 % larger than ours for the same line.</remarks>
public sealed record PublishedTrend(string Source, string Systems, int Count, double Low, double DoublingMonths, double High)
{
    private const string Sevilla = "Sevilla and others, arXiv 2202.05924 (2022)";

    /// <summary>The results of the paper that the method of our intervals is from.</summary>
    public static IReadOnlyList<PublishedTrend> All { get; } =
    [
        new(Sevilla, "before deep learning, 1952 to 2010", 19, 17.0, 21.3, 29.3),
        new(Sevilla, "deep learning, regular scale, 2010 to 2022", 72, 4.3, 5.7, 9.0),
        new(Sevilla, "large scale, late 2015 to 2022", 16, 7.7, 9.9, 17.1),
    ];
}
