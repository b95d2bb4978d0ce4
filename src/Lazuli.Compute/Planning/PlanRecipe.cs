using System.Globalization;
using System.Text;

namespace Lazuli.Compute;

/// <summary>Writes a plan as a recipe: YAML that <c>lazuli train</c> runs as planned.</summary>
public static class PlanRecipe
{
    /// <summary>Name of the recipe: the size of the model.</summary>
    public static string NameOf(TrainingPlan plan)
    {
        double n = plan.Shape.ParameterCount;
        (double scale, string letter) = n >= 1e12 ? (1e12, "t") : n >= 1e9 ? (1e9, "b") : n >= 1e6 ? (1e6, "m") : (1e3, "k");
        return string.Create(CultureInfo.InvariantCulture, $"plan-{Math.Max(1, Math.Round(n / scale)):0}{letter}");
    }

    /// <summary>The recipe's text.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="name">Its name.</param>
    /// <param name="corpus">Files and folders to train on, relative to the recipe; none for the reference documentation.</param>
    /// <param name="tokenizerPath">An existing tokenizer, relative to the recipe; null to train one.</param>
    public static string Write(TrainingPlan plan, string name, IReadOnlyList<string> corpus, string? tokenizerPath = null)
    {
        ModelShape s = plan.Shape;
        var text = new StringBuilder();
        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
        Line($"# Planned: {s.ParameterCount:N0} parameters, {plan.Tokens:N0} tokens, {plan.Flop:0.000e+0} FLOP = {PetaflopDays.FromFlop(plan.Flop):0.000e+0} petaflop/s-days;");
        Line($"# expected held-out loss {plan.Loss:F3} nats/token (95 %: {plan.LossLow:F3} to {plan.LossHigh:F3}); {plan.Seconds / 3600:G3} h on {plan.Nodes} × {plan.Hardware.Name}.");
        Line($"name: {name}");
        Line($"model:\n  family: llama\n  vocabularySize: {s.VocabularySize}\n  contextLength: {s.ContextLength}\n  layers: {s.Layers}\n  width: {s.Width}\n  heads: {s.Heads}\n  feedForwardWidth: {s.FeedForwardWidth}\n  tiedHead: true");
        Line($"tokenizer:\n  vocabularySize: {s.VocabularySize}");
        if (tokenizerPath is not null)
        {
            Line($"  path: {Quote(tokenizerPath)}");
        }

        if (corpus.Count > 0)
        {
            Line($"data:\n  corpus:");
            foreach (string path in corpus)
            {
                Line($"    - {Quote(path)}");
            }
        }

        Line($"batch:\n  tokens: {plan.BatchTokens}\n  rows: {plan.RowsPerPass}");
        Line($"optimizer:\n  kind: adamW\n  learningRate: {plan.LearningRate:0.###e-0}\n  weightDecay: 0.1");
        Line($"schedule:\n  kind: wsd\n  warmupSteps: {plan.WarmupSteps}\n  decayFraction: 0.2");
        Line($"duration:\n  steps: {plan.Steps}");
        Line($"evaluation:\n  everySteps: {Math.Clamp(plan.Steps / Planner.Evaluations, 1, int.MaxValue)}\n  rows: {Planner.EvaluationRows}");
        Line($"checkpoints:\n  everyMinutes: 10");
        return text.ToString();
    }

    /// <summary>A YAML double-quoted scalar.</summary>
    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (char c in text)
        {
            quoted.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                < ' ' => string.Create(CultureInfo.InvariantCulture, $"\\x{(int)c:X2}"),
                _ => c.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }
}
