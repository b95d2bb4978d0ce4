namespace Lazuli.Contracts;

/// <summary>Promises to providers of machines, and whether computing keeps to them. Thread-safe; every change leaves an audit entry and counts the epoch up.</summary>
public interface IComputeCommitments
{
    /// <summary>Whether computing may be placed there; decided in memory, pure given the facts in force.</summary>
    PlacementDecision Check(ComputePlacement placement);

    /// <summary>Makes a commitment of the actor's party.</summary>
    Task<LicensingResult<ComputeCommitment>> MakeAsync(Actor actor, PartyId party, CommitmentTerms terms, CancellationToken cancellationToken);

    /// <summary>Ends one before its term.</summary>
    Task<LicensingResult<ComputeCommitment>> EndAsync(Actor actor, string id, string reason, CancellationToken cancellationToken);

    /// <summary>All, oldest first.</summary>
    Task<IReadOnlyList<ComputeCommitment>> ListAsync(CancellationToken cancellationToken);
}
