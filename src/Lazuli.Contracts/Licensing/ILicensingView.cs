namespace Lazuli.Contracts;

/// <summary>Parties, projects and licences as decisions see them now: in memory, no waiting. Thread-safe.</summary>
public interface ILicensingView
{
    /// <summary>The party of that id; null when there is none.</summary>
    Party? FindParty(PartyId id);

    /// <summary>The project of that id; null when there is none.</summary>
    Project? FindProject(ProjectId id);

    /// <summary>The grant of that id; null when there is none.</summary>
    Grant? FindGrant(GrantId id);

    /// <summary>Owners of a model with their shares: income from it is theirs in these parts.</summary>
    IReadOnlyList<OwnershipShare> OwnersOf(string modelName, string modelDigest);
}
