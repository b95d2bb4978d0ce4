namespace Lazuli.Compute;

/// <summary>A network between hosts.</summary>
/// <param name="Name">Short name.</param>
/// <param name="Description">What it is.</param>
/// <param name="Link">Its speed for one device.</param>
/// <param name="Source">Where the figures come from.</param>
/// <param name="Status">How they are known.</param>
public sealed record NetworkProfile(string Name, string Description, Link Link, string Source, ProfileStatus Status);
