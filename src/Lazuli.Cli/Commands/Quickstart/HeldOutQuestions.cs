using Lazuli.Contracts;
using Lazuli.Models;
using Lazuli.Training;

namespace Lazuli.Cli;

/// <summary>The held-out questions of a corpus that the quickstart asks: a few while training, others to judge by.</summary>
internal sealed record HeldOutQuestions(IReadOnlyList<HeldOutItem> Judged, IReadOnlyList<SamplePrompt> ShownWhileTraining)
{
    private const int Shown = 12;
    private const int MostJudged = 300;

    /// <summary>In the corpus's own order, which its seed fixes: nothing is picked by how well it is answered.</summary>
    public static HeldOutQuestions Of(ICorpus corpus)
    {
        if (corpus is not XmlDocumentationCorpus documentation)
        {
            SamplePrompt[] openings = [.. corpus.ReadDocuments().Where(d => d.Split == DataSplit.HeldOut).Take(Shown).Select(Opening)];
            return new HeldOutQuestions([], openings);
        }

        int shown = Math.Min(Shown, documentation.HeldOutItems.Count / 4);
        return new HeldOutQuestions(
            [.. documentation.HeldOutItems.Skip(shown).Take(MostJudged)],
            [.. documentation.HeldOutItems.Take(shown).Select(i => new SamplePrompt(ToPrompt(i), i.Question[^1].Content, i.Answer))]);
    }

    /// <summary>The question as a dialogue.</summary>
    public static GenerationPrompt ToPrompt(HeldOutItem item) => new GenerationPrompt.Chat([.. item.Question.Select(t => new ChatMessage(t.Role, t.Content))]);

    private static SamplePrompt Opening(CorpusDocument document)
    {
        if (document.Turns is { } turns)
        {
            ChatTurn[] question = [.. turns.TakeWhile(t => t.Role != "assistant")];
            return new SamplePrompt(new GenerationPrompt.Chat([.. question.Select(t => new ChatMessage(t.Role, t.Content))]), question[^1].Content, turns.FirstOrDefault(t => t.Role == "assistant").Content);
        }

        const int OpeningCharacters = 80;
        string opening = document.Text!.Length <= OpeningCharacters ? document.Text : document.Text[..OpeningCharacters];
        return new SamplePrompt(new GenerationPrompt.Text(opening), opening.ReplaceLineEndings(" "), null);
    }
}
