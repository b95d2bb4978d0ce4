using Lazuli.Models;

namespace Lazuli.Training;

/// <summary>What a checkpoint must share with the run that resumes it, and what it tells of where it was made.</summary>
internal sealed record CheckpointIdentity
{
    public required ModelConfig Model { get; init; }

    public required string DataDigest { get; init; }

    public required string TokenizerDigest { get; init; }

    public required ulong Seed { get; init; }

    public required OptimizerKind Optimizer { get; init; }

    /// <summary>Tokens of a row; the cursor counts rows.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Digest of the resolved recipe. A change is allowed (a longer run, another rate) and said.</summary>
    public required string RecipeDigest { get; init; }

    /// <summary>Instruction tier of the backend. Resuming on another is allowed and said: bits differ from there on.</summary>
    public required string Tier { get; init; }

    /// <summary>What makes it impossible for <paramref name="run"/> to resume from this; empty where nothing does.</summary>
    public IReadOnlyList<string> DifferencesFrom(CheckpointIdentity run)
    {
        var differences = new List<string>();
        Compare("model", Model.ToString(), run.Model.ToString());
        Compare("data set", DataDigest, run.DataDigest);
        Compare("tokenizer", TokenizerDigest, run.TokenizerDigest);
        Compare("seed", Seed, run.Seed);
        Compare("optimizer", Optimizer, run.Optimizer);
        Compare("row length", ContextLength, run.ContextLength);
        return differences;

        void Compare<T>(string what, T mine, T theirs)
        {
            if (!EqualityComparer<T>.Default.Equals(mine, theirs))
            {
                differences.Add($"its {what} is {mine}, this run's {theirs}");
            }
        }
    }
}
