using System.CommandLine;
using System.CommandLine.Invocation;

namespace Lazuli.Cli;

/// <summary>Builds the commands and runs one: parse, act, map errors to a line and an exit code.</summary>
internal static class CommandLine
{
    /// <summary>Runs the words of a command line.</summary>
    public static async Task<int> RunAsync(string[] words, Terminal terminal, CancellationToken cancellationToken)
    {
        RootCommand root = BuildRoot(terminal);
        if (words.Length == 0)
        {
            words = ["--help"];
        }

        ParseResult parsed = root.Parse(words);
        if (parsed.Action is ParseErrorAction)
        {
            foreach (System.CommandLine.Parsing.ParseError error in parsed.Errors)
            {
                await terminal.Talk.WriteLineAsync("lazuli: " + error.Message).ConfigureAwait(false);
            }

            await terminal.Talk.WriteLineAsync($"Try 'lazuli {string.Join(' ', PathOf(parsed))} --help'.".Replace("  ", " ", StringComparison.Ordinal)).ConfigureAwait(false);
            return ExitCode.Usage;
        }

        try
        {
            var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null, Output = terminal.Data, Error = terminal.Talk };
            RemoteServer.Ask(parsed);
            return await parsed.InvokeAsync(configuration, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (Environment.GetEnvironmentVariable("LAZULI_TRACE") != "1")
        {
            (string message, int exitCode) = ErrorMapping.Map(exception);
            await terminal.Talk.WriteLineAsync("lazuli: " + message).ConfigureAwait(false);
            return exitCode;
        }
    }

    /// <summary>The whole tree of commands.</summary>
    public static RootCommand BuildRoot(Terminal terminal)
    {
        var root = new RootCommand("Lazuli trains, serves and accounts for language models on your own machines.");
        foreach (Command command in CommandTree.Build(terminal))
        {
            root.Subcommands.Add(command);
        }

        return root;
    }

    private static List<string> PathOf(ParseResult parsed)
    {
        var path = new List<string>();
        for (System.CommandLine.Parsing.SymbolResult? at = parsed.CommandResult; at is System.CommandLine.Parsing.CommandResult command && command.Command is not RootCommand; at = command.Parent)
        {
            path.Insert(0, command.Command.Name);
        }

        return path;
    }
}
