using System.CommandLine;
using Lazuli.Contracts;

namespace Lazuli.Cli;

/// <summary><c>lazuli chat</c>: a dialogue at the prompt.</summary>
internal static class ChatCommand
{
    public static Command Build(Terminal terminal)
    {
        var model = new Argument<string>("model") { Description = "A registered model, or a model folder.", DefaultValueFactory = _ => "quickstart" };
        var system = new Option<string?>("--system") { Description = "Instructions before the dialogue." };
        var options = new GenerationOptions();
        var command = new Command("chat", "Talk with a model. An empty line or end of input ends it; /new begins again.") { model, system };
        options.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            string? instructions = parsed.GetValue(system);
            LoadedModel loaded = await ModelReference.LoadAsync(parsed.GetValue(model)!, options.Threads(parsed), cancel).ConfigureAwait(false);
            await using (loaded.ConfigureAwait(false))
            {
                if (!loaded.Engine.SupportsChat)
                {
                    throw new CommandException("This model has no chat format; 'lazuli generate' continues text with it.", ExitCode.Refused);
                }

                await TalkAsync(terminal, loaded, instructions, messages => options.Request(parsed, new GenerationPrompt.Chat(messages)), cancel).ConfigureAwait(false);
            }

            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>Reads questions and prints answers until the input ends. The oldest turns are forgotten when the context is full, and it says so.</summary>
    public static async Task TalkAsync(Terminal terminal, LoadedModel loaded, string? instructions, Func<IReadOnlyList<ChatMessage>, GenerationRequest> ask, CancellationToken cancel)
    {
        List<ChatMessage> opening = instructions is null ? [] : [new ChatMessage("system", instructions)];
        List<ChatMessage> messages = [.. opening];
        while (await ReadAsync(terminal, cancel).ConfigureAwait(false) is { Length: > 0 } line)
        {
            if (line == "/new")
            {
                messages = [.. opening];
                continue;
            }

            messages.Add(new ChatMessage("user", line));
            while (messages.Count > opening.Count + 1 && loaded.Engine.CountPromptTokens(new GenerationPrompt.Chat(messages)) > loaded.Engine.ContextLength * 3 / 4)
            {
                messages.RemoveRange(opening.Count, Math.Min(2, messages.Count - opening.Count - 1));
                await terminal.Talk.WriteLineAsync("(the context is full: the oldest turns are forgotten)").ConfigureAwait(false);
            }

            try
            {
                string answer = await GenerateCommand.PrintAsync(terminal, loaded, ask(messages), cancel).ConfigureAwait(false);
                messages.Add(new ChatMessage("assistant", answer));
            }
            catch (EngineRefusedException e)
            {
                await terminal.Talk.WriteLineAsync(e.Message).ConfigureAwait(false);
                messages.RemoveAt(messages.Count - 1);
            }
        }
    }

    private static async Task<string?> ReadAsync(Terminal terminal, CancellationToken cancel)
    {
        if (terminal.IsInteractive)
        {
            await terminal.Talk.WriteAsync("> ").ConfigureAwait(false);
        }

        // Reading a terminal cannot be cancelled; waiting for it can.
        return (await Task.Run(terminal.Input.ReadLine, cancel).WaitAsync(cancel).ConfigureAwait(false))?.Trim();
    }
}
