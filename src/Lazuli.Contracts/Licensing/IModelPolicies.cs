namespace Lazuli.Contracts;

/// <summary>What licensing knows of models: owners, stage, holds, revocations. Thread-safe; every change leaves an audit entry and counts the epoch up.</summary>
/// <remarks>A subject is a model's name or a version's digest. Whoever stops a model should name both: the same bytes may be registered under another name.</remarks>
public interface IModelPolicies
{
    /// <summary>Says who owns a model, in shares; the first licenses it for all.</summary>
    Task<LicensingResult<ModelPolicy>> SetOwnersAsync(Actor actor, string subject, IReadOnlyList<OwnershipShare> owners, CancellationToken cancellationToken);

    /// <summary>Says how far a model is released.</summary>
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
