using System.Data.Common;

namespace Lazuli.Storage;

/// <summary>The one connection that writes, and what its database does in its own way. For one thread.</summary>
internal abstract class WriteSession : IDisposable
{
    /// <summary>For statements run by Dapper; valid within a transaction.</summary>
    public abstract DbConnection Connection { get; }

    /// <summary>Whether a transaction is open and can still be committed.</summary>
    public abstract bool IsInTransaction { get; }

    /// <summary>Begins a transaction that no other writer's, of any process, runs beside; waits for theirs.</summary>
    public abstract void Begin();

    /// <summary>Ends when the change is on the disk.</summary>
    public abstract void Commit();

    /// <summary>Undoes the open transaction, if there is one; never throws.</summary>
    public abstract void Rollback();

    /// <summary>Marks the place that <see cref="RollbackToSavepoint"/> goes back to.</summary>
    public abstract void Savepoint();

    /// <summary>Keeps what was done since <see cref="Savepoint"/>; what was put off runs now.</summary>
    public abstract void ReleaseSavepoint();

    /// <summary>Undoes what was done since <see cref="Savepoint"/>, and forgets the place.</summary>
    public abstract void RollbackToSavepoint();

    /// <summary>Ends statements whose rows were not all read.</summary>
    public abstract void ResetStatements();

    /// <summary>The statement, compiled the first time it is asked for.</summary>
    public abstract PreparedStatement Prepare(string sql, ReadOnlySpan<string> parameters);

    /// <summary>What a failure of the database means; null when it is not the database's.</summary>
    /// <param name="e">What was thrown.</param>
    /// <param name="committing">Whether it was thrown by <see cref="Commit"/>.</param>
    public abstract StorageFailedException? Translate(Exception e, bool committing);

    public abstract void Dispose();
}
