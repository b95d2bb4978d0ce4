using Lazuli.Contracts;

namespace Lazuli.Inference;

/// <summary>What a job took since its meter was told last. Kept by the scheduler's thread.</summary>
internal struct JobWork
{
    public long PromptTokens;
    public long GeneratedTokens;
    public double Flop;
    public double Seconds;

    /// <summary>What there is to tell; starts again at nothing.</summary>
    public EngineWork Take(ComputeParty? party, bool isEnded)
    {
        var work = new EngineWork(party, isEnded ? 1 : 0, PromptTokens, GeneratedTokens, Flop, Seconds);
        this = default;
        return work;
    }
}
