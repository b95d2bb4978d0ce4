namespace Lazuli.Contracts;

/// <summary>Who changed what and when. Entries are only added, each bound to the one before by its digest. Thread-safe.</summary>
public interface IAuditLog
{
    /// <summary>Entries, newest first.</summary>
    /// <param name="before">Only entries of lower sequence; null from the newest.</param>
    /// <param name="subject">Only about this; null for all.</param>
    /// <param name="limit">At most so many, 1 to 1,000.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<IReadOnlyList<AuditEntry>> ListAsync(long? before, string? subject, int limit, CancellationToken cancellationToken);

    /// <summary>Reads all entries and checks that none was changed, dropped or put in between.</summary>
    /// <returns>Sequence of the first entry that is not as it was written; null when all are.</returns>
    Task<long?> VerifyAsync(CancellationToken cancellationToken);
}
