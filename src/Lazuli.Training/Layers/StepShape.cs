using Lazuli.Models;

namespace Lazuli.Training;

/// <summary>How much one pass works on: B sequences of T tokens of a model.</summary>
internal readonly record struct StepShape(ModelConfig Model, int Batch, int Time)
{
    /// <summary>R = B·T.</summary>
    public int Rows => checked(Batch * Time);

    /// <summary>Width of one row of queries, keys and values: (H + 2G)·D.</summary>
    public int QkvWidth => (Model.Heads + (2 * Model.KeyValueHeads)) * Model.HeadSize;

    /// <summary>Width of attention's output: H·D.</summary>
    public int AttentionWidth => Model.Heads * Model.HeadSize;

    /// <summary>Width of the first feed-forward product: 2F with a gate, else F.</summary>
    public int FeedForwardInWidth => Model.Family == ModelFamily.Llama ? 2 * Model.FeedForwardWidth : Model.FeedForwardWidth;
}
