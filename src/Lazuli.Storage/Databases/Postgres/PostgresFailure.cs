using System.Net.Sockets;
using Npgsql;

namespace Lazuli.Storage;

/// <summary>What PostgreSQL's error codes, and a silent server, mean for us.</summary>
internal static class PostgresFailure
{
    /// <param name="name">The database, for messages.</param>
    /// <param name="e">What was thrown.</param>
    /// <param name="committing">Whether the answer to a commit was awaited.</param>
    /// <returns>Null when it is not the database's.</returns>
    public static StorageFailedException? Of(string name, Exception e, bool committing) => e switch
    {
        PostgresException answer => OfAnswer(name, answer, committing),
        NpgsqlException or SocketException or IOException or TimeoutException => Lost(name, e, "", committing),
        _ => null,
    };

    private static StorageFailedException OfAnswer(string name, PostgresException answer, bool committing)
    {
        string state = answer.SqlState;

        // FATAL and PANIC end the connection, so what was asked last may have happened or not.
        bool ended = answer.InvariantSeverity is "FATAL" or "PANIC" || state.StartsWith("08", StringComparison.Ordinal) || state.StartsWith("57P", StringComparison.Ordinal);
        if (ended)
        {
            return Lost(name, answer, state, committing);
        }

        bool full = state == PostgresErrorCodes.DiskFull;
        string detail = state switch
        {
            PostgresErrorCodes.DiskFull => "the server's disk is full; nothing of this change was kept. Free some space and try again.",
            PostgresErrorCodes.LockNotAvailable => "another process held it too long. Try again.",
            PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure => "another write stood in the way. Try again.",
            _ => $"{state}: {answer.MessageText}",
        };
        return new StorageFailedException(name, detail, answer)
        {
            Code = state,
            IsFull = full,
            IsTransient = answer.IsTransient || state is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.QueryCanceled
                || state.StartsWith("40", StringComparison.Ordinal),
            IsConstraint = state.StartsWith("23", StringComparison.Ordinal),
        };
    }

    private static StorageFailedException Lost(string name, Exception cause, string state, bool committing) =>
        new(name, committing
            ? "the server was lost before it answered the commit, so the change may have been kept or not. Look before trying again."
            : $"the server cannot be reached or ended the connection; nothing of this change was kept. {cause.Message}", cause)
        {
            Code = state,
            IsTransient = true,
            IsOutcomeUnknown = committing,
        };
}
