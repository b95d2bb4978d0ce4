using Lazuli.Training;

namespace Lazuli.Cli;

/// <summary>A run to do: recipe, inputs, where, and under which names.</summary>
internal sealed record TrainingRunRequest
{
    public required Recipe Recipe { get; init; }

    public required TrainingInputs Inputs { get; init; }

    /// <summary>Id in the registry, also the name of the run's folder.</summary>
    public required string RunId { get; init; }

    public required string RunFolder { get; init; }

    /// <summary>Name that the model is registered under.</summary>
    public required string ModelName { get; init; }

    /// <summary>Project that the compute is counted to.</summary>
    public required string Project { get; init; }

    public ResumeMode Resume { get; init; } = ResumeMode.Auto;

    public IReadOnlyList<SamplePrompt> Prompts { get; init; } = [];

    /// <summary>Threads; 0 takes every processor.</summary>
    public int Threads { get; init; }
}
