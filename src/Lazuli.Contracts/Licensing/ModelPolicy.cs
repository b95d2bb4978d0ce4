namespace Lazuli.Contracts;

/// <summary>What licensing knows of a model, or of one version of it.</summary>
public sealed record ModelPolicy
{
    /// <summary>The model's name, for all its versions, or one version's digest <c>sha256:…</c>. What is said of a version goes before what is said of the name, but a hold or revocation of either counts.</summary>
    public required string Subject { get; init; }

    /// <summary>Owners with their shares; the first grants licences for all. Empty where nothing is said: the installation's lab owns it.</summary>
    public IReadOnlyList<OwnershipShare> Owners { get; init; } = [];

    /// <summary>The project that the owners are inherited from, as they were when the model was first registered; null where they were set by hand, or nothing is said.</summary>
    public ProjectId? OwnersFrom { get; init; }

    /// <summary>How far it is released; null where nothing is said, which is <see cref="ModelStage.Internal"/>.</summary>
    public ModelStage? Stage { get; init; }

    /// <summary>Why a safety hold is on it; null when none is.</summary>
    public string? Hold { get; init; }

    /// <summary>Why it is revoked for good; null when it is not.</summary>
    public string? Revocation { get; init; }

    /// <summary>Compute that its training took, FLOP; null when unknown.</summary>
    public double? TrainingFlop { get; init; }
}
