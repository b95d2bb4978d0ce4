using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>Body of a request that adds a project.</summary>
public sealed record NewProject(ProjectId Id, string Name, IReadOnlyList<OwnershipShare> Owners, string? FieldOfUse = null);
