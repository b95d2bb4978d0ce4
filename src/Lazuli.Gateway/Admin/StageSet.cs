using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>Body of a request that sets a model's stage.</summary>
public sealed record StageSet(ModelStage Stage);
