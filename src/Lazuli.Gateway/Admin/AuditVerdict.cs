namespace Lazuli.Gateway;

/// <summary>What reading the whole audit showed.</summary>
/// <param name="FirstChanged">Sequence of the first entry that is not as it was written; null when all are.</param>
public sealed record AuditVerdict(long? FirstChanged);
