namespace Lazuli.Contracts;

/// <summary>Who changed what and when. Entries are only added, each bound to the one before by its digest. Thread-safe.</summary>
public interface IAuditLog
{
    /// <summary>Adds an entry about a change that another database makes: before that change, which must not be made when this fails. Ends when the entry is durable.</summary>
    /// <param name="actor">Who.</param>
    /// <param name="action">What, e.g. <c>invoice.pay</c>.</param>
    /// <param name="subject">To what.</param>
    /// <param name="asked">What was asked, as JSON without secrets.</param>
    /// <param name="reason">Why, where there is a reason.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task AppendAsync(Actor actor, string action, string subject, string? asked, string? reason, CancellationToken cancellationToken);

    /// <summary>Entries, newest first.</summary>
    /// <param name="before">Only entries of lower sequence; null from the newest.</param>
    /// <param name="subject">Only about this; null for all.</param>
    /// <param name="party">Only by those who act for this party; null for all.</param>
    /// <param name="limit">At most so many, 1 to 1,000.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<IReadOnlyList<AuditEntry>> ListAsync(long? before, string? subject, PartyId? party, int limit, CancellationToken cancellationToken);

    /// <summary>Reads all entries and checks that none was changed, dropped or put in between.</summary>
    /// <returns>Sequence of the first entry that is not as it was written; null when all are.</returns>
    Task<long?> VerifyAsync(CancellationToken cancellationToken);
}
