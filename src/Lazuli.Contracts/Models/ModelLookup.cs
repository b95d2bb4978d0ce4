namespace Lazuli.Contracts;

/// <summary>What a model reference means.</summary>
public abstract record ModelLookup
{
    private ModelLookup()
    {
    }

    /// <summary>Exactly one version.</summary>
    public sealed record Found(ModelVersion Model) : ModelLookup;

    /// <summary>No version.</summary>
    public sealed record NotFound : ModelLookup;

    /// <summary>A prefix that several versions share, newest first.</summary>
    public sealed record Ambiguous(IReadOnlyList<ModelVersion> Candidates) : ModelLookup;
}
