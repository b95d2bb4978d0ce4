namespace Lazuli.Training;

/// <summary>How a corpus is turned into rows.</summary>
/// <param name="ContextLength">Inputs (and targets) a row; a row stores one id more.</param>
/// <param name="Packing">Whole documents or one stream.</param>
/// <param name="Loss">Answers only or everything.</param>
public sealed record DataSetSettings(int ContextLength, DataPacking Packing = DataPacking.Documents, LossScope Loss = LossScope.Answers)
{
    /// <summary>The longest context a data set can be packed for.</summary>
    public const int MaxContextLength = 1 << 20;

    /// <summary>What is wrong with the values, in a sentence; null where nothing is.</summary>
    public string? FindProblem()
    {
        if (ContextLength is < 2 or > MaxContextLength)
        {
            return $"ContextLength must be from 2 to {MaxContextLength}; got {ContextLength}.";
        }

        return Enum.IsDefined(Packing) && Enum.IsDefined(Loss) ? null : $"Packing must be Documents or Stream and Loss Answers or All; got {Packing} and {Loss}.";
    }
}
