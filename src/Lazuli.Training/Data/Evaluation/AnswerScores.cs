namespace Lazuli.Training;

/// <summary>How good answers to held-out questions are.</summary>
/// <param name="Items">Questions asked.</param>
/// <param name="ChrF">Corpus chrF2 against the reference answers, from 0 to 100.</param>
/// <param name="ExactShare">Part of the answers equal to the reference, from 0 to 1.</param>
public sealed record AnswerScores(int Items, double ChrF, double ExactShare)
{
    /// <summary>Scores the answers that <paramref name="answer"/> gives to <paramref name="items"/>.</summary>
    public static AnswerScores Of(IReadOnlyCollection<HeldOutItem> items, Func<HeldOutItem, string> answer)
    {
        var chrF = new ChrF();
        int exact = 0;
        foreach (HeldOutItem item in items)
        {
            string given = answer(item);
            chrF.Add(given, item.Answer);
            exact += given.Trim() == item.Answer ? 1 : 0;
        }

        return new AnswerScores(items.Count, chrF.Score, items.Count == 0 ? 0 : (double)exact / items.Count);
    }
}
