using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>Tokens chosen since the last text of each choice: those that made the text to come. Tokens of a stop string make none, and are not told.</summary>
/// <param name="generation">Whose tokens; nothing is kept where it did not ask for log-probabilities.</param>
internal sealed class ChosenTokens(Generation generation)
{
    private readonly List<GenerationEvent.TokenChosen>?[] _byChoice = new List<GenerationEvent.TokenChosen>?[generation.TotalChoices];

    /// <summary>Whether log-probabilities were asked for.</summary>
    public bool IsWanted { get; } = generation.Requests[0].TopLogProbabilities is not null;

    public void Add(GenerationEvent.TokenChosen token) => (_byChoice[token.Choice] ??= []).Add(token);

    /// <summary>Takes out those that made no text by a choice's end; null where there are none. Told only where the prompt is echoed: its readers count tokens from the end.</summary>
    public IReadOnlyList<GenerationEvent.TokenChosen>? TakeRest(int choice) => generation.Requests[0].Echo && _byChoice[choice] is { Count: > 0 } ? Take(choice) : null;

    /// <summary>Takes them out; null where log-probabilities were not asked for.</summary>
    public IReadOnlyList<GenerationEvent.TokenChosen>? Take(int choice)
    {
        if (!IsWanted)
        {
            return null;
        }

        IReadOnlyList<GenerationEvent.TokenChosen> taken = _byChoice[choice] ?? [];
        _byChoice[choice] = null;
        return taken;
    }
}
