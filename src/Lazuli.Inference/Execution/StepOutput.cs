namespace Lazuli.Inference;

/// <summary>What is wanted of a row of a step, beside its keys and values.</summary>
internal enum StepOutput
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Logits that stay until the next step.</summary>
    Logits,

    /// <summary>Logits, handed to a reader as they come: any number of rows, a few at a time.</summary>
    ReadLogits,

    /// <summary>The state after the last norm, handed to a reader.</summary>
    ReadHidden,
}
