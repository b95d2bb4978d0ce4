using System.CommandLine;
using Lazuli.Contracts;

namespace Lazuli.Cli;

/// <summary><c>lazuli generate</c>: one answer, streamed to standard output.</summary>
internal static class GenerateCommand
{
    public static Command Build(Terminal terminal)
    {
        var model = new Argument<string>("model") { Description = "A registered model, or a model folder." };
        var prompt = new Argument<string?>("prompt") { Description = "The question or text; standard input when left out.", Arity = ArgumentArity.ZeroOrOne };
        var text = new Option<bool>("--text") { Description = "Continue the text as it is, without the chat format." };
        var options = new GenerationOptions();
        var command = new Command("generate", "Answer one prompt.") { model, prompt, text };
        options.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            string words = parsed.GetValue(prompt) ?? await terminal.Input.ReadToEndAsync(cancel).ConfigureAwait(false);
            GenerationRequest request = options.Request(parsed, new GenerationPrompt.Text(words));
            LoadedModel loaded = await ModelReference.LoadAsync(parsed.GetValue(model)!, options.Threads(parsed), cancel).ConfigureAwait(false);
            await using (loaded.ConfigureAwait(false))
            {
                if (loaded.Engine.SupportsChat && !parsed.GetValue(text))
                {
                    request = request with { Prompt = new GenerationPrompt.Chat([new ChatMessage("user", words)]) };
                }

                await PrintAsync(terminal, loaded, request, cancel).ConfigureAwait(false);
            }

            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>Streams an answer to standard output and returns it.</summary>
    public static async Task<string> PrintAsync(Terminal terminal, LoadedModel loaded, GenerationRequest request, CancellationToken cancel)
    {
        var whole = new System.Text.StringBuilder();
        await foreach (GenerationEvent generated in loaded.Engine.GenerateAsync(request, cancel).ConfigureAwait(false))
        {
            if (generated is GenerationEvent.TextDelta delta)
            {
                whole.Append(delta.Text);
                await terminal.Data.WriteAsync(delta.Text).ConfigureAwait(false);
                await terminal.Data.FlushAsync(cancel).ConfigureAwait(false);
            }
        }

        await terminal.Data.WriteLineAsync().ConfigureAwait(false);
        return whole.ToString();
    }
}
