namespace Lazuli.Compute;

/// <summary>Another size for the same budget.</summary>
/// <param name="Shape">The model.</param>
/// <param name="Tokens">Tokens that the budget buys for it.</param>
/// <param name="Loss">Expected loss, nats a token.</param>
/// <param name="LossPenalty">Loss above that of the plan, nats.</param>
/// <param name="ServingRatio">FLOP to generate a token, as a multiple of the plan's.</param>
/// <param name="Seconds">Predicted seconds of training.</param>
public sealed record PlanAlternative(ModelShape Shape, long Tokens, double Loss, double LossPenalty, double ServingRatio, double Seconds);
