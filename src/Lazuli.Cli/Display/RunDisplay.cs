using System.Globalization;
using Lazuli.Contracts;
using Lazuli.Inference;
using Lazuli.Models;
using Lazuli.Training;

namespace Lazuli.Cli;

/// <summary>Shows a run as it goes: progress, losses, and what the model says by now.</summary>
internal sealed class RunDisplay(StageProgress progress, BpeTokenizer tokenizer, IReadOnlyList<SamplePrompt> prompts) : ITrainingObserver
{
    private const int SampleTokens = 48;
    private static readonly EngineSettings s_sampling = new() { MaxSequences = 8, QueueLength = 64 };
    private int _samplesShown;

    /// <summary>Loss before the first step; null where the run was resumed or does not evaluate then.</summary>
    public EvaluationMetrics? Untrained { get; private set; }

    public void OnStarted(TrainingStart start)
    {
        string resumed = start.ResumedAtStep is { } step ? $", going on from step {step:N0}" : string.Empty;
        progress.Note(Say($"Model: {start.Parameters:N0} parameters, {start.Model.Layers} layers, {start.Model.Width} wide; {start.TrainRows:N0} rows of {start.Model.ContextLength} tokens to learn from, {start.HeldOutRows:N0} held out{resumed}."));
    }

    public void OnStep(in StepMetrics metrics)
    {
        double fraction = metrics.PlannedSteps is { } planned ? (double)metrics.Step / planned : 0;
        string share = metrics.PeakShare is { } peak ? Say($", {peak * 100:F0} % of peak") : string.Empty;
        progress.Report(fraction, Say($"step {metrics.Step:N0}{(metrics.PlannedSteps is { } all ? $"/{all:N0}" : string.Empty)}, loss {metrics.Loss:F3}, {metrics.TokensPerSecond:N0} tokens/s{share}"));
    }

    public void OnEvaluation(in EvaluationMetrics metrics)
    {
        Untrained = metrics.Step == 0 ? metrics : Untrained;
        string bits = metrics.BitsPerByte is { } value ? Say($", {value:F3} bits/byte") : string.Empty;
        progress.Note(Say($"  step {metrics.Step:N0}: held-out loss {metrics.Loss:F3} nats/token{bits}"));
    }

    public void OnCheckpoint(long step, string directory)
    {
        // Durable, and nothing a reader has to know: `lazuli run show` lists it.
    }

    public void OnNotice(string text) => progress.Note("  " + text);

    public void OnSampleDue(ModelSnapshot snapshot)
    {
        if (prompts.Count > 0)
        {
            // One after another over the prompts: a reader sees new questions, and training waits little.
            SamplePrompt prompt = prompts[_samplesShown++ % prompts.Count];
            string answer = AnswerAsync(snapshot, prompt).GetAwaiter().GetResult(); // the run's own thread; nothing else waits on it
            progress.Note(Say($"  step {snapshot.Step:N0}: {prompt.Shown}\n      model: {answer}{(prompt.Reference is { } reference ? "\n      truth: " + reference : string.Empty)}"));
        }
    }

    private async Task<string> AnswerAsync(ModelSnapshot snapshot, SamplePrompt prompt)
    {
        LoadedModel model = LoadedModel.FromParameters(tokenizer, snapshot.Model, snapshot.Read, s_sampling);
        await using (model.ConfigureAwait(false))
        {
            var request = new GenerationRequest { Prompt = prompt.Prompt, Sampling = new SamplingOptions { Temperature = 0 }, MaxTokens = Math.Min(SampleTokens, snapshot.Model.ContextLength / 2) };
            GenerationResult result = await model.Engine.GenerateWholeAsync(request).ConfigureAwait(false);
            return result.Choices[0].Text.ReplaceLineEndings(" ");
        }
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
