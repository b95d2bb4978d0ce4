namespace Lazuli.Compute;

/// <summary>What one file of profiles holds.</summary>
internal sealed record HardwareTable(string Version, IReadOnlyList<HardwareProfile> Profiles, IReadOnlyList<NetworkProfile> Networks);
