using Lazuli.Contracts;

namespace Lazuli.Cli;

/// <summary>Who owns a model, as licensing knows it, told to billing. The two rooms never meet.</summary>
internal sealed class LicensedModelOwners(ILicensingView licences) : IModelOwners
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<OwnershipShare>> OwnersAsync(string modelName, CancellationToken cancellationToken) => Task.FromResult(licences.OwnersOf(modelName, ""));
}
