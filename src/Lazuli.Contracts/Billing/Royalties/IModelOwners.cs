namespace Lazuli.Contracts;

/// <summary>Tells billing whose a model is. Thread-safe.</summary>
public interface IModelOwners
{
    /// <summary>The owners and their shares, which add up to 10,000 basis points; empty where the licensor at the chain's begin has all.</summary>
    Task<IReadOnlyList<OwnershipShare>> OwnersAsync(string modelName, CancellationToken cancellationToken);
}
