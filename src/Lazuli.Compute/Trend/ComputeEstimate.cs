namespace Lazuli.Compute;

/// <summary>The training compute of one system, as one table has it.</summary>
public sealed record ComputeEstimate
{
    /// <summary>The system's name, on one line.</summary>
    public required string System { get; init; }

    /// <summary>When it was published.</summary>
    public required EstimateDate Date { get; init; }

    /// <summary>Operations of its training, additions and multiplications apart; six significant digits.</summary>
    public required double Flop { get; init; }

    /// <summary>How the value became known.</summary>
    public EstimateMethod Method { get; init; }

    /// <summary>What the value counts.</summary>
    public ComputeScope Scope { get; init; }

    /// <summary>How sure the table's authors are.</summary>
    public EstimateConfidence Confidence { get; init; }

    /// <summary>A remark on the value; empty when there is none.</summary>
    public string Note { get; init; } = string.Empty;
}
