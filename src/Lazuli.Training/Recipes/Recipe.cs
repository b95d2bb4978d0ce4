namespace Lazuli.Training;

/// <summary>Everything that decides what a training run computes: the one place where its settings live.</summary>
public sealed record Recipe
{
    /// <summary>Short name of the recipe, shown with the run.</summary>
    public required string Name { get; init; }

    /// <summary>Seed of initial weights and of the order of data.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Shape of the network.</summary>
    public required ModelRecipe Model { get; init; }

    /// <summary>How token embeddings begin and learn.</summary>
    public EmbeddingRecipe Embedding { get; init; } = new();

    /// <summary>The tokenizer: an existing one or one to train on the corpus.</summary>
    public TokenizerRecipe Tokenizer { get; init; } = new();

    /// <summary>What to train on.</summary>
    public DataRecipe Data { get; init; } = new();

    /// <summary>How many tokens make one optimizer step.</summary>
    public required BatchRecipe Batch { get; init; }

    /// <summary>How parameters are moved.</summary>
    public OptimizerRecipe Optimizer { get; init; } = new();

    /// <summary>How the learning rate goes over the run.</summary>
    public ScheduleRecipe Schedule { get; init; } = new();

    /// <summary>When the run ends.</summary>
    public required DurationRecipe Duration { get; init; }

    /// <summary>Loss on held-out data during the run.</summary>
    public EvaluationRecipe Evaluation { get; init; } = new();

    /// <summary>What is saved, and how much of it is kept.</summary>
    public CheckpointRecipe Checkpoints { get; init; } = new();

    /// <summary>Text generated during the run, for the reader.</summary>
    public SampleRecipe Samples { get; init; } = new();
}
