namespace Lazuli.Training;

/// <summary>How a WSD schedule falls over its decay, r going from 0 to 1.</summary>
public enum DecayShape
{
    /// <summary>1 − √r.</summary>
    Sqrt,

    /// <summary>1 − r.</summary>
    Linear,
}
