using Lazuli.Contracts;
using Lazuli.Inference;
using Lazuli.Models;
using Lazuli.Training;

namespace Lazuli.Cli;

/// <summary>Asks held-out questions of the trained model and of three baselines: the untrained model, the most frequent summary, the nearest name.</summary>
internal sealed class AnswerJudge(StageDisplay stages, EngineSettings engine)
{
    private const int MostAnswerTokens = 64;
    private const int ExamplesShown = 5;

    public Task<QuickstartReport> JudgeAsync(ModelVersion model, TrainedModel trained, Recipe recipe, ICorpus corpus, HeldOutQuestions questions, CancellationToken cancel) =>
        stages.RunAsync("Asking held-out questions", async progress =>
        {
            TrainingResult result = trained.Result;
            var report = new QuickstartReport
            {
                Questions = questions.Judged.Count,
                Parameters = model.ParameterCount,
                Steps = result.Steps,
                Tokens = result.Tokens,
                Flop = result.Flop,
                FlopConvention = TrainingFlop.Convention,
                FlopByTime = result.FlopByTime,
                AssumedUtilisation = result.AssumedUtilisation,
                PetaflopDays = result.PetaflopDays,
                TrainingSeconds = result.ElapsedSeconds,
                EnergyJoules = result.EnergyJoules,
                EnergySource = result.EnergySource,
            };
            if (corpus is not XmlDocumentationCorpus documentation || questions.Judged.Count == 0)
            {
                return report with { Answerers = [new JudgedAnswerer("this model", result.HeldOut?.Loss, result.HeldOut?.BitsPerByte, null)] };
            }

            string[] answers;
            LoadedModel own = LoadedModel.Open(model.Folder, engine);
            await using (own.ConfigureAwait(false))
            {
                answers = await AskAsync(own, questions.Judged, progress, cancel).ConfigureAwait(false);
            }

            string[] untrained;
            using var blank = new UntrainedModel(model.Folder, recipe.Seed);
            LoadedModel loaded = LoadedModel.FromParameters(blank.Tokenizer, blank.Config, blank.Read, engine);
            await using (loaded.ConfigureAwait(false))
            {
                untrained = await AskAsync(loaded, questions.Judged, progress, cancel).ConfigureAwait(false);
            }

            var frequent = new MostFrequentAnswerBaseline(documentation.TrainingAnswers);
            var nearest = new NearestNameBaseline(documentation.TrainingAnswers);
            return report with
            {
                Answerers =
                [
                    new JudgedAnswerer("this model", result.HeldOut?.Loss, result.HeldOut?.BitsPerByte, Score(questions.Judged, answers)),
                    new JudgedAnswerer("untrained model", trained.Untrained?.Loss, trained.Untrained?.BitsPerByte, Score(questions.Judged, untrained)),
                    new JudgedAnswerer("most frequent summary", null, null, AnswerScores.Of(questions.Judged, _ => frequent.Answer).ChrF),
                    new JudgedAnswerer("summary of the nearest name", null, null, AnswerScores.Of(questions.Judged, q => nearest.Answer(q.Name)).ChrF),
                ],
                Examples = [.. questions.Judged.Take(ExamplesShown).Select((q, i) => new AnsweredQuestion(q.Question[^1].Content, q.Answer, answers[i]))],
            };
        });

    private static double Score(IReadOnlyList<HeldOutItem> items, string[] answers)
    {
        var score = new ChrF();
        for (int i = 0; i < answers.Length; i++)
        {
            score.Add(answers[i], items[i].Answer);
        }

        return score.Score;
    }

    private static async Task<string[]> AskAsync(LoadedModel model, IReadOnlyList<HeldOutItem> items, StageProgress progress, CancellationToken cancel)
    {
        // A question that leaves no room for an answer is one the model fails: it counts with an empty answer.
        (HeldOutItem Item, int Room)[] asked = [.. items.Select(i => (i, model.Engine.ContextLength - model.Engine.CountPromptTokens(HeldOutQuestions.ToPrompt(i))))];
        GenerationRequest[] requests = [.. asked.Where(a => a.Room > 0).Select(a => new GenerationRequest { Prompt = HeldOutQuestions.ToPrompt(a.Item), Sampling = new SamplingOptions { Temperature = 0 }, MaxTokens = Math.Min(MostAnswerTokens, a.Room) })];
        var told = new InlineProgress<int>(done => progress.Report((double)done / requests.Length, $"{done} of {requests.Length}"));
        IReadOnlyList<GenerationResult> results = await model.Engine.GenerateAllAsync(requests, told, cancel).ConfigureAwait(false);
        var answers = new Queue<string>(results.Select(r => r.Choices[0].Text.Trim()));
        return [.. asked.Select(a => a.Room > 0 ? answers.Dequeue() : string.Empty)];
    }
}
