namespace Lazuli.Contracts;

/// <summary>What licensing knows of models: owners, stage, holds, revocations. Thread-safe; every change leaves an audit entry and counts the epoch up.</summary>
/// <remarks>A subject is a model's name or a version's digest. Whoever stops a model should name both: the same bytes may be registered under another name.</remarks>
public interface IModelPolicies
{
    /// <summary>Says who owns a model, in shares; the first licenses it for all.</summary>
    Task<LicensingResult<ModelPolicy>> SetOwnersAsync(Actor actor, string subject, IReadOnlyList<OwnershipShare> owners, CancellationToken cancellationToken);

    /// <summary>Gives a model that a project makes to the project's owners, as they are now. Owners set by hand stay, and so do the project's earlier ones where they are the same.</summary>
    /// <param name="actor">Who registers it.</param>
    /// <param name="model">Name of the model; all its versions have the same owners, for royalties follow the name.</param>
    /// <param name="project">The project that makes it; one that licensing does not know is the lab's.</param>
    /// <param name="isNew">Whether no version is registered under the name.</param>
    /// <param name="cancellationToken">Ends the question.</param>
    /// <returns>A conflict where the name is other owners'.</returns>
    Task<LicensingResult<ModelPolicy>> InheritOwnersAsync(Actor actor, string model, ProjectId project, bool isNew, CancellationToken cancellationToken);

    /// <summary>Why <see cref="InheritOwnersAsync"/> would refuse now; null when it would not. To be asked before a training that takes days.</summary>
    Task<string?> WhyNotInheritAsync(string model, ProjectId project, bool isNew, CancellationToken cancellationToken);

    /// <summary>Says how far a model is released: at most one step further than before; back as far as wanted. What nothing is said of is internal.</summary>
    Task<LicensingResult<ModelPolicy>> SetStageAsync(Actor actor, string subject, ModelStage stage, CancellationToken cancellationToken);

    /// <summary>Says how much compute a model's training took, FLOP.</summary>
    Task<LicensingResult<ModelPolicy>> SetTrainingComputeAsync(Actor actor, string subject, double flop, CancellationToken cancellationToken);

    /// <summary>Puts a safety hold on a model, its owner's use included, until it is released.</summary>
    Task<LicensingResult<IReadOnlyList<ModelPolicy>>> HoldAsync(Actor actor, IReadOnlyList<string> subjects, string reason, CancellationToken cancellationToken);

    /// <summary>Ends a safety hold.</summary>
    Task<LicensingResult<IReadOnlyList<ModelPolicy>>> ReleaseAsync(Actor actor, IReadOnlyList<string> subjects, string reason, CancellationToken cancellationToken);

    /// <summary>Takes a model back for good.</summary>
    Task<LicensingResult<IReadOnlyList<ModelPolicy>>> RevokeAsync(Actor actor, IReadOnlyList<string> subjects, string reason, CancellationToken cancellationToken);

    /// <summary>Everything that is said of models, by subject.</summary>
    Task<IReadOnlyList<ModelPolicy>> ListAsync(CancellationToken cancellationToken);
}
