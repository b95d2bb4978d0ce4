namespace Lazuli.Contracts;

/// <summary>A figure of the public benefit report.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">The figure.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Definition">What exactly it is, in words.</param>
public sealed record BenefitFigure(string Name, decimal Value, string Unit, string Definition);
