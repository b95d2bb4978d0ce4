namespace Lazuli.Cli;

/// <summary>The folder that holds everything Lazuli keeps: <c>$LAZULI_HOME</c>, or <c>~/.lazuli</c>.</summary>
internal sealed class LazuliHome
{
    public const string Variable = "LAZULI_HOME";

    private LazuliHome(string root, string origin)
    {
        Root = root;
        Origin = origin;
    }

    /// <summary>Absolute path.</summary>
    public string Root { get; }

    /// <summary>Who chose it: the variable or the default.</summary>
    public string Origin { get; }

    public string Database => Path.Combine(Root, "lazuli.db");

    public string ConfigFile => Path.Combine(Root, "config.json");

    public string Runs => Path.Combine(Root, "runs");

    public string DataSets => Path.Combine(Root, "datasets");

    public string Models => Path.Combine(Root, "models");

    public string Tokenizers => Path.Combine(Root, "tokenizers");

    /// <summary>Finds the home and makes the folder.</summary>
    /// <exception cref="CommandException">The path cannot be made a folder.</exception>
    public static LazuliHome Open()
    {
        string? asked = Environment.GetEnvironmentVariable(Variable);
        LazuliHome home = string.IsNullOrWhiteSpace(asked)
            ? new LazuliHome(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".lazuli"), "default")
            : new LazuliHome(Path.GetFullPath(asked), Variable);
        try
        {
            Directory.CreateDirectory(home.Root);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"Cannot make {home.Root} ({home.Origin}): {e.Message} Set {Variable} to a folder you may write.", ExitCode.NotReachable, e);
        }

        return home;
    }
}
