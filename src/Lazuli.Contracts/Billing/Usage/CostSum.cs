namespace Lazuli.Contracts;

/// <summary>Accrued charges in a bucket of time. What was not kept apart is null.</summary>
/// <param name="Start">When the bucket begins.</param>
/// <param name="Project">Of this project.</param>
/// <param name="Key">With this key.</param>
/// <param name="Model">Of this model.</param>
/// <param name="Meter">For this; null when line items are not kept apart.</param>
/// <param name="Quantity">How much of it; null when line items are not kept apart.</param>
/// <param name="Amount">How much, exactly.</param>
public sealed record CostSum(DateTimeOffset Start, string? Project, string? Key, string? Model, UsageMeter? Meter, long? Quantity, Money Amount);
