namespace Lazuli.Compute;

/// <summary>What one finished run tells a scaling law.</summary>
/// <param name="Name">Name of the run.</param>
/// <param name="Parameters">All parameters.</param>
/// <param name="Tokens">Tokens trained on.</param>
/// <param name="Loss">Held-out loss at the end, nats a token.</param>
public readonly record struct TrainingObservation(string Name, double Parameters, double Tokens, double Loss);
