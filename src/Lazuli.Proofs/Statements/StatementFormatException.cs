namespace Lazuli.Proofs;

/// <summary>JSON from outside is not a signed envelope, a statement or anything that has canonical bytes.</summary>
public sealed class StatementFormatException : Exception
{
    internal StatementFormatException(string path, string expected, string found, Exception? cause = null)
        : base($"{path}: expected {expected}; found {found}.", cause)
    {
        Path = path;
        Expected = expected;
        Found = found;
    }

    /// <summary>Where, such as <c>$.signatures[2].sig</c>.</summary>
    public string Path { get; }

    /// <summary>What was wanted there.</summary>
    public string Expected { get; }

    /// <summary>What came.</summary>
    public string Found { get; }
}
