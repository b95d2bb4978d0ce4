namespace Lazuli.Compute;

/// <summary>A table of compute estimates cannot be used.</summary>
public sealed class TrendDataException : Exception
{
    /// <summary>Says which table is off and where.</summary>
    public TrendDataException(string table, string place, string expected, string found, Exception? inner = null)
        : base($"The table of compute estimates cannot be used: {table}, {place}: expected {expected}; found {found}.", inner)
    {
        Table = table;
        Place = place;
        Expected = expected;
        Found = found;
    }

    /// <summary>The file or built-in table that is off.</summary>
    public string Table { get; }

    /// <summary>Where in it: a line, a column.</summary>
    public string Place { get; }

    /// <summary>What is accepted there.</summary>
    public string Expected { get; }

    /// <summary>What is there.</summary>
    public string Found { get; }
}
