namespace Lazuli.Training;

/// <summary>Gives the commonest answer of training to every question: what knowing nothing of the question is worth.</summary>
public sealed class MostFrequentAnswerBaseline
{
    /// <summary>Finds the commonest answer; of several, the first in ordinal order.</summary>
    /// <exception cref="ArgumentException">There are no training answers.</exception>
    public MostFrequentAnswerBaseline(IReadOnlyCollection<NamedAnswer> training)
    {
        if (training.Count == 0)
        {
            throw new ArgumentException("A baseline needs at least one training answer.", nameof(training));
        }

        Answer = training
            .GroupBy(a => a.Answer, StringComparer.Ordinal)
            .OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal)
            .First().Key;
    }

    /// <summary>The answer to everything.</summary>
    public string Answer { get; }
}
