namespace Lazuli.Contracts;

/// <summary>What a request took, known at its end.</summary>
/// <param name="Tokens">Exact tokens.</param>
/// <param name="DeviceSeconds">Seconds of the engine, times its devices.</param>
/// <param name="Flop">FLOP by count.</param>
/// <param name="Outcome">How it ended.</param>
public sealed record UsageFacts(ChargedTokens Tokens, double DeviceSeconds, double Flop, RequestOutcome Outcome);
