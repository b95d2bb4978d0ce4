using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>Stands where nothing is told about owners: what a model brings is the licensor's at the chain's begin.</summary>
internal sealed class SoleOwners : IModelOwners
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<OwnershipShare>> OwnersAsync(string modelName, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<OwnershipShare>>([]);
}
