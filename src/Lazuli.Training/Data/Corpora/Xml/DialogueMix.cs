namespace Lazuli.Training;

/// <summary>Which dialogues are made of documented members. Each share, from 0 to 1, is the part of the members that get such a dialogue, chosen by hash.</summary>
public sealed record DialogueMix
{
    /// <summary>"What does System.Linq.Enumerable.Aggregate do?" → the summary. One a name: overloads answer together.</summary>
    public double SummaryByFullName { get; init; } = 1;

    /// <summary>"What does Enumerable.Aggregate do?" → the summary, where only one name is that short.</summary>
    public double SummaryByShortName { get; init; } = 0.5;

    /// <summary>"What does Enumerable.Any&lt;TSource&gt;(IEnumerable&lt;TSource&gt; source) do?" → the summary. One an overload.</summary>
    public double SummaryBySignature { get; init; } = 0.1;

    /// <summary>"Which member is this? …" → the name, where only one name has that summary.</summary>
    public double NameBySummary { get; init; } = 0.05;

    /// <summary>"Which words are in Enumerable.ElementAtOrDefault?" → "element at or default". Short, and nothing but copying.</summary>
    public double WordsOfName { get; init; } = 0.1;

    /// <summary>"Which type has Enumerable.Aggregate?" → "Enumerable". Short, and nothing but copying.</summary>
    public double TypeOfMember { get; init; }

    /// <summary>How many ways of asking there are, from 1 (only the natural one) to 4.</summary>
    public int Phrasings { get; init; } = 4;

    /// <summary>Sentences of a summary that make the answer; 0 for all.</summary>
    public int AnswerSentences { get; init; }

    /// <summary>What is wrong with the values, in a sentence; null where nothing is.</summary>
    public string? FindProblem()
    {
        double[] shares = [SummaryByFullName, SummaryByShortName, SummaryBySignature, NameBySummary, WordsOfName, TypeOfMember];
        if (Array.Exists(shares, s => s is not (>= 0 and <= 1)))
        {
            return "Every share of the mix must be from 0 to 1.";
        }

        return Phrasings is >= 1 and <= 4 && AnswerSentences >= 0 ? null : $"Phrasings must be from 1 to 4 and AnswerSentences 0 or more; got {Phrasings} and {AnswerSentences}.";
    }
}
