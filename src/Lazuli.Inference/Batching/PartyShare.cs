using Lazuli.Contracts;

namespace Lazuli.Inference;

/// <summary>What a party was served, in tokens over its weight: its virtual time (start-time fair queueing, Goyal, Vin and Cheng 1997).</summary>
/// <param name="party">Whose; null for what asked without a key.</param>
/// <param name="weight">How much it may be served beside others; above 0.</param>
internal sealed class PartyShare(ComputeParty? party, double weight)
{
    public ComputeParty? Party { get; } = party;

    public double Weight { get; } = weight;

    /// <summary>Tokens fed or generated, over the weight; set forward when the party comes back after a rest.</summary>
    public double VirtualTime { get; set; }

    /// <summary>Tokens that running sequences are still to be fed.</summary>
    public long PendingTokens { get; set; }

    /// <summary>Rows of prompts that the step being planned has given it.</summary>
    public int PlannedTokens { get; set; }

    /// <summary>Where it will stand when all that runs is fed: decides who starts next, so that several that start in one step come from different parties.</summary>
    public double StartTime => VirtualTime + (PendingTokens / Weight);

    /// <summary>Where it will stand after the step being planned: decides whose prompt goes on.</summary>
    public double PlannedTime => VirtualTime + (PlannedTokens / Weight);

    /// <summary>Sequences that have a slot.</summary>
    public int Running { get; set; }

    /// <summary>Jobs and sequences that wait.</summary>
    public int Waiting { get; set; }

    public bool IsIdle => Running == 0 && Waiting == 0;

    /// <summary>Counts tokens.</summary>
    public void Serve(int tokens) => VirtualTime += tokens / Weight;
}
