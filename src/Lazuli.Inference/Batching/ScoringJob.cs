using Lazuli.Contracts;

namespace Lazuli.Inference;

/// <summary>A request to score given continuations of a prompt.</summary>
internal sealed class ScoringJob : EngineJob
{
    private readonly TaskCompletionSource<IReadOnlyList<TokenScore[]>> _scores = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ScoreSequence?[] _sequences;

    /// <param name="prompt">What all texts begin with, at least one token.</param>
    /// <param name="continuations">What each goes on with, at least one token.</param>
    /// <param name="firstScored">Of each text, the first token that is scored; at least the length of <paramref name="prompt"/>.</param>
    /// <param name="topLogProbabilities">How many of the likeliest tokens are told beside each.</param>
    /// <param name="reader">Reads logits on the engine's thread.</param>
    /// <param name="party">Whom its work is counted to.</param>
    /// <param name="priority">Lower goes first.</param>
    public ScoringJob(int[] prompt, IReadOnlyList<int[]> continuations, IReadOnlyList<int> firstScored, int topLogProbabilities, LogProbabilityReader reader, ComputeParty? party, int priority)
        : base(prompt, continuations.Count, party, priority)
    {
        Continuations = continuations;
        FirstScored = firstScored;
        TopLogProbabilities = topLogProbabilities;
        Reader = reader;
        _sequences = new ScoreSequence[continuations.Count];
    }

    public IReadOnlyList<int[]> Continuations { get; }

    /// <summary>Of each text, the first token that is scored.</summary>
    public IReadOnlyList<int> FirstScored { get; }

    public int TopLogProbabilities { get; }

    public LogProbabilityReader Reader { get; }

    /// <summary>Completes with the scores of each continuation's tokens.</summary>
    public Task<IReadOnlyList<TokenScore[]>> Scores => _scores.Task;

    public override ActiveSequence NewSequence(int choice) => _sequences[choice] = new ScoreSequence(this, choice);

    public override void Complete() => _scores.TrySetResult([.. _sequences.Select(s => s!.Scores)]);

    public override void Fail(Exception reason) => _scores.TrySetException(reason);
}
