namespace Lazuli.Training;

/// <summary>The two sides of a data set. Nothing on one side tells the answers of the other.</summary>
public enum DataSplit
{
    /// <summary>What the model learns from.</summary>
    Train,

    /// <summary>What the model is judged on and never sees.</summary>
    HeldOut,
}
