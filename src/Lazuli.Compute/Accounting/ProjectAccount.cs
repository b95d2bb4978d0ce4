namespace Lazuli.Compute;

/// <summary>What a project took: training, serving and both.</summary>
/// <param name="Project">Its name.</param>
/// <param name="Training">Training.</param>
/// <param name="Serving">Serving.</param>
/// <param name="Total">Training and serving.</param>
public sealed record ProjectAccount(string Project, TrainingAccount Training, ServingAccount Serving, WorkAccount Total)
{
    internal static ProjectAccount Of(string project, TrainingAccount training, ServingAccount serving, ComputeRates rates) =>
        new(project, training, serving, WorkAccount.Sum([training.Work, serving.Work], rates));
}
