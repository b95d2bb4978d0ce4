namespace Lazuli.Cli;

/// <summary>A command cannot go on: one line for the user, and the exit code.</summary>
internal sealed class CommandException(string message, int exitCode = ExitCode.Failed, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What the user gave cannot be taken: says why, without the name of a parameter in our code.</summary>
    public static CommandException Usage(ArgumentException error) =>
        new(error.ParamName is { } name ? error.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal) : error.Message, Cli.ExitCode.Usage, error);

    /// <summary>One of <see cref="Cli.ExitCode"/>.</summary>
    public int ExitCode { get; } = exitCode;
}
