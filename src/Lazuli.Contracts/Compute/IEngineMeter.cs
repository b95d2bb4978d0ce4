namespace Lazuli.Contracts;

/// <summary>Hears what one engine did and for whom. Called on the engine's thread, so it neither blocks nor throws.</summary>
public interface IEngineMeter
{
    /// <summary>Notes work that was done since the last call for that request.</summary>
    void Record(in EngineWork work);
}

/// <summary>A piece of an engine's work for one request.</summary>
/// <param name="Party">Whom it is counted to; null when the request did not say.</param>
/// <param name="Requests">1 when the request ended with it, however it ended; else 0.</param>
/// <param name="PromptTokens">Prompt tokens fed.</param>
/// <param name="GeneratedTokens">Tokens generated.</param>
/// <param name="Flop">FLOP by count.</param>
/// <param name="Seconds">The request's share of the engine's time at work.</param>
public readonly record struct EngineWork(ComputeParty? Party, int Requests, long PromptTokens, long GeneratedTokens, double Flop, double Seconds);
