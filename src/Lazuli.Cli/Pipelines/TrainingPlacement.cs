using Lazuli.Contracts;

namespace Lazuli.Cli;

/// <summary>Whether a training job may run on these machines (setting <c>Gateway.Provider</c>), as its parties promised it to providers.</summary>
internal static class TrainingPlacement
{
    /// <summary>Checks before anything is computed.</summary>
    /// <exception cref="CommandException">A compute commitment stands against it.</exception>
    public static async Task CheckAsync(Installation installation, string project, string modelName, CancellationToken cancellationToken)
    {
        var id = new ProjectId(project);
        Project? known = await installation.Projects.FindAsync(id, cancellationToken).ConfigureAwait(false);
        string? provider = SettingsReader.Read(installation.Home).Gateway.Provider;
        PlacementDecision decision = installation.Commitments.Check(new ComputePlacement
        {
            Party = known?.Owners[0].Party ?? PartyId.Lab,
            Project = id,
            Use = ComputeUse.Train,
            Provider = provider is null ? null : new PartyId(provider),
            ModelName = modelName,
        });
        if (!decision.IsAllowed)
        {
            throw new CommandException($"{string.Join(" ", decision.Reasons)} The setting Gateway.Provider says whose machines these are.", ExitCode.Refused);
        }
    }
}
