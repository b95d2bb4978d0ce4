using System.CommandLine;
using System.Globalization;
using Lazuli.Contracts;

namespace Lazuli.Cli;

/// <summary><c>lazuli score</c>: how likely a model holds given continuations of a prompt.</summary>
internal static class ScoreCommand
{
    public static Command Build(Terminal terminal)
    {
        var model = new Argument<string>("model") { Description = "A registered model, or a model's folder or GGUF file." };
        var prompt = new Option<string?>("--prompt") { Description = "What comes before; without one, each continuation is a whole text." };
        var continuations = new Option<string[]>("--continuation") { Description = "A text to score; as often as there are texts.", Required = true };
        var threads = new Option<int>("--threads") { Description = "Threads; 0 takes every processor." };
        Option<bool> json = CommandTree.JsonOption();
        var command = new Command("score", "Say how likely a model holds given texts; the prompt is fed once for all.") { model, prompt, continuations, threads, json };
        command.SetAction(async (parsed, cancel) =>
        {
            string[] texts = parsed.GetValue(continuations)!;
            LoadedModel loaded = await ModelReference.LoadAsync(parsed.GetValue(model)!, parsed.GetValue(threads), cancel).ConfigureAwait(false);
            await using (loaded.ConfigureAwait(false))
            {
                var request = new ScoreRequest
                {
                    Prompt = parsed.GetValue(prompt) is { Length: > 0 } before ? new GenerationPrompt.Text(before) : null,
                    Continuations = [.. texts.Select(t => new GenerationPrompt.Text(t))],
                };
                Print(terminal, texts, await ScoreAsync(loaded, request, cancel).ConfigureAwait(false), parsed.GetValue(json));
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static async Task<ScoreResult> ScoreAsync(LoadedModel loaded, ScoreRequest request, CancellationToken cancel)
    {
        try
        {
            return await loaded.Engine.ScoreAsync(request, cancel).ConfigureAwait(false);
        }
        catch (ArgumentException e)
        {
            throw CommandException.Usage(e);
        }
    }

    private static void Print(Terminal terminal, string[] texts, ScoreResult result, bool json)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        if (json)
        {
            terminal.WriteJson(new ScoreDocument(result.Usage.PromptTokens, [.. result.Continuations.Select((c, i) => new ScoredText(texts[i], c.LogProbability, c.IsGreedy, [.. c.Tokens.Select(TokenOf)]))]));
            return;
        }

        terminal.WriteTable(
            ["log-probability", "a token", "tokens", "greedy", "text"],
            result.Continuations.Select((c, i) =>
            {
                int scored = c.Tokens.Count(t => !double.IsNaN(t.Token.LogProbability));
                return (IReadOnlyList<string>)[c.LogProbability.ToString("F4", invariant), scored > 0 ? (c.LogProbability / scored).ToString("F4", invariant) : "-", scored.ToString(invariant), c.IsGreedy ? "yes" : "no", texts[i]];
            }));
    }

    private static ScoredTextToken TokenOf(ScoredToken scored) =>
        new(scored.Token.Id, scored.Token.Text, double.IsNaN(scored.Token.LogProbability) ? null : scored.Token.LogProbability, scored.IsGreedy);
}
