namespace Lazuli.Storage;

/// <summary>A statement compiled once on the writer's connection, with values given by position. Valid only inside the work that asked for it.</summary>
/// <remarks>
/// For paths that run tens of thousands of statements a second; elsewhere <see cref="DatabaseTransaction.Query"/> reads better. On SQLite
/// binding, running and reading integers allocates nothing. Bind every parameter, then either <see cref="Execute"/> or <see cref="Read"/>
/// until it answers false (or <see cref="Finish"/>). Values stay bound until bound again.
/// </remarks>
public abstract class PreparedStatement
{
    private protected PreparedStatement()
    {
    }

    /// <summary>Gives a value to the parameter at a position, 0 for the first name given to <see cref="DatabaseTransaction.Prepare"/>.</summary>
    public abstract PreparedStatement Bind(int position, long value);

    /// <inheritdoc cref="Bind(int, long)"/>
    public abstract PreparedStatement Bind(int position, double value);

    /// <inheritdoc cref="Bind(int, long)"/>
    /// <remarks>Null is NULL.</remarks>
    public abstract PreparedStatement Bind(int position, string? value);

    /// <inheritdoc cref="Bind(int, long)"/>
    public abstract PreparedStatement Bind(int position, ReadOnlySpan<byte> value);

    /// <summary>Gives NULL to the parameter at a position.</summary>
    public abstract PreparedStatement BindNull(int position);

    /// <summary>Runs the statement to its end; answers the number of rows it changed.</summary>
    public abstract int Execute();

    /// <summary>Runs the statement now or, where that saves a journey to the server, at the latest before the next one that answers or the end of the work.</summary>
    /// <remarks>A failure of it may be thrown by that one. For statements without rows whose count of changes nobody needs.</remarks>
    /// <exception cref="InvalidOperationException">The statement answers rows.</exception>
    public abstract void Post();

    /// <summary>Steps to the next row, running the statement when it is not yet; false when there are no more.</summary>
    public abstract bool Read();

    /// <summary>Leaves the rows that were not read.</summary>
    public abstract void Finish();

    /// <summary>Whether a column of the row is NULL.</summary>
    public abstract bool IsNull(int column);

    /// <summary>A column of the row as an integer.</summary>
    public abstract long GetInt64(int column);

    /// <summary>A column of the row as a number.</summary>
    public abstract double GetDouble(int column);

    /// <summary>A column of the row as text; not for NULL.</summary>
    public abstract string GetString(int column);

    /// <summary>A column of the row as bytes; not for NULL.</summary>
    public abstract byte[] GetBytes(int column);
}
