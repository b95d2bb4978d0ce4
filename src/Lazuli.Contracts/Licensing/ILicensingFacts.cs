namespace Lazuli.Contracts;

/// <summary>Findings and events that licences' conditions ask for. Thread-safe; every change leaves an audit entry and counts the epoch up.</summary>
public interface ILicensingFacts
{
    /// <summary>Records that a capability was found in a model: a name, a digest, or <c>*</c> for every model.</summary>
    Task<LicensingResult<CapabilityFinding>> RecordFindingAsync(Actor actor, string name, string subject, CancellationToken cancellationToken);

    /// <summary>Takes a finding back that was wrong.</summary>
    Task<LicensingResult<CapabilityFinding>> WithdrawFindingAsync(Actor actor, string name, string subject, string reason, CancellationToken cancellationToken);

    /// <summary>Records that something happened.</summary>
    Task<LicensingResult<LicensingEvent>> RecordEventAsync(Actor actor, string name, CancellationToken cancellationToken);

    /// <summary>All findings, oldest first.</summary>
    Task<IReadOnlyList<CapabilityFinding>> ListFindingsAsync(CancellationToken cancellationToken);

    /// <summary>All events, oldest first.</summary>
    Task<IReadOnlyList<LicensingEvent>> ListEventsAsync(CancellationToken cancellationToken);
}
