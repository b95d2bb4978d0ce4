namespace Lazuli.Training;

/// <summary>Where a run begins.</summary>
public abstract record ResumeMode
{
    private ResumeMode()
    {
    }

    /// <summary>At the newest sound checkpoint of the run directory; at the beginning where there is none.</summary>
    public static ResumeMode Auto { get; } = new Newest();

    /// <summary>At the beginning; refused where the run directory already has checkpoints.</summary>
    public static ResumeMode Never { get; } = new Beginning();

    /// <summary>At the checkpoint in <paramref name="directory"/>, of this run or another of the same model and data.</summary>
    public static ResumeMode From(string directory) => new At(directory);

    internal sealed record Newest : ResumeMode;

    internal sealed record Beginning : ResumeMode;

    internal sealed record At(string Directory) : ResumeMode;
}
