namespace Lazuli.Compute;

/// <summary>What a printed figure means.</summary>
/// <param name="Name">The figure, as tables and documents name it.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Meaning">How it is made.</param>
public sealed record ComputeDefinition(string Name, string Unit, string Meaning);
