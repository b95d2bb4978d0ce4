using Lazuli.Numerics;

namespace Lazuli.Training;

/// <summary>Puts a run where it begins: fresh parameters, or those of a checkpoint.</summary>
internal sealed class RunStart(IBackend backend, TrainingStep step, CheckpointStore store, CheckpointIdentity run, ITrainingObserver observer)
{
    /// <summary>Fills the run's buffers and <paramref name="state"/>; returns the step of the checkpoint, or null at the beginning.</summary>
    public long? Begin(ResumeMode mode, ulong seed, ref TrainingState state)
    {
        switch (mode)
        {
            case ResumeMode.At at:
                state = LoadChosen(at.Directory);
                return state.Step;
            case ResumeMode.Beginning when store.Steps.Count > 0:
                throw new TrainingException(
                    $"The run directory already has checkpoints ({store.PathOf(store.Steps[0])} is the newest). Choose another directory, or resume with auto.");
            case ResumeMode.Newest when LoadNewest() is { } newest:
                state = newest;
                return state.Step;
            default:
                step.Initialize(seed);
                state = new TrainingState();
                return null;
        }
    }

    /// <summary>Loads the checkpoint somebody chose. Later ones of the run are of a branch that is left, so the next resume must not find them.</summary>
    private TrainingState LoadChosen(string directory)
    {
        if (!store.Contains(directory) && store.Steps.Count > 0)
        {
            throw new TrainingException(
                $"The run directory already has checkpoints of its own ({store.PathOf(store.Steps[0])} is the newest). Choose another directory to go on from {directory}.");
        }

        TrainingState state = Load(directory, CheckpointManifest.Read(directory));
        foreach (long later in store.Steps.Where(step => step > state.Step).ToArray())
        {
            observer.OnNotice($"The checkpoint of step {later} is set aside as {store.SetAside(later, "superseded")}.");
        }

        return state;
    }

    private TrainingState? LoadNewest()
    {
        CheckpointFormatException? newestDamage = null;
        foreach (long at in store.Steps)
        {
            string path = store.PathOf(at);
            try
            {
                TrainingState state = Load(path, CheckpointManifest.Read(path));
                if (newestDamage is not null)
                {
                    observer.OnNotice($"Resuming from step {at} instead.");
                }

                return state;
            }
            catch (CheckpointFormatException e)
            {
                newestDamage ??= e;
                observer.OnNotice($"{e.Message} It is set aside as {store.SetAside(at, "damaged")}.");
            }
        }

        return newestDamage is null
            ? null
            : throw new TrainingException($"No checkpoint of this run is sound. The newest: {newestDamage.Message} Start again in another directory.", newestDamage);
    }

    private TrainingState Load(string directory, CheckpointManifest manifest)
    {
        IReadOnlyList<string> differences = manifest.Identity.DifferencesFrom(run);
        if (differences.Count > 0)
        {
            throw new CheckpointMismatchException(directory, differences);
        }

        CheckpointStore.LoadInto(directory, manifest, backend, step.Table, step.Buffers);
        if (manifest.Identity.Tier != run.Tier)
        {
            observer.OnNotice(
                $"The checkpoint was made with {manifest.Identity.Tier} instructions, this machine runs {run.Tier}: results agree to rounding from here on, not to the bit.");
        }

        if (manifest.Identity.RecipeDigest != run.RecipeDigest)
        {
            observer.OnNotice("The recipe differs from the one the checkpoint was made with; from here on the new one holds.");
        }

        return manifest.State;
    }
}
