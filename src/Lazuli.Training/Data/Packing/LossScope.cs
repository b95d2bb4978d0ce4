namespace Lazuli.Training;

/// <summary>Which tokens the model is asked to predict.</summary>
public enum LossScope
{
    /// <summary>What the assistant says and the mark that ends it; all of a plain text.</summary>
    Answers,

    /// <summary>Every token of every document.</summary>
    All,
}
