using Lazuli.Compute;
using Lazuli.Models;
using Lazuli.Training;

namespace Lazuli.Cli;

/// <summary>Models and recipes as the planner knows them.</summary>
internal static class PlannedWork
{
    /// <summary>The shape of a model trained on rows of <paramref name="time"/> tokens.</summary>
    public static ModelShape ShapeOf(ModelConfig model, int time) => new()
    {
        Family = model.Family == ModelFamily.Llama ? PlannedFamily.Llama : PlannedFamily.Gpt2,
        VocabularySize = model.VocabularySize,
        ContextLength = time,
        Layers = model.Layers,
        Width = model.Width,
        Heads = model.Heads,
        KeyValueHeads = model.KeyValueHeads,
        HeadSize = model.HeadSize,
        FeedForwardWidth = model.FeedForwardWidth,
        TiedHead = model.TiedHead,
    };

    /// <summary>A step of a recipe: its whole batch, or with <paramref name="passes"/> only so many passes of it.</summary>
    public static StepWork Of(Recipe recipe, ModelConfig model, long? passes = null) => new(
        ShapeOf(model, model.ContextLength),
        recipe.Batch.Rows,
        passes ?? recipe.Batch.Tokens / ((long)recipe.Batch.Rows * model.ContextLength),
        recipe.Optimizer.Kind == OptimizerKind.Muon ? PlannedOptimizer.Muon : PlannedOptimizer.AdamW);
}
