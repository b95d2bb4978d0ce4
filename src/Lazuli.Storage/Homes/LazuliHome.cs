namespace Lazuli.Storage;

/// <summary>The folder that holds everything one installation keeps, and the places in it.</summary>
public sealed record LazuliHome
{
    /// <summary>Name of the environment variable that moves the folder.</summary>
    public const string EnvironmentVariable = "LAZULI_HOME";

    /// <param name="root">The folder; made absolute, need not exist.</param>
    /// <exception cref="ArgumentException"><paramref name="root"/> is empty.</exception>
    public LazuliHome(string root)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(root);
        Root = Path.GetFullPath(root);
    }

    /// <summary>Absolute path of the folder.</summary>
    public string Root { get; }

    /// <summary>The embedded database.</summary>
    public string DatabasePath => Path.Combine(Root, "lazuli.db");

    /// <summary>The embedded database that holds money only.</summary>
    public string MoneyDatabasePath => Path.Combine(Root, "money.db");

    /// <summary>Content-addressed files.</summary>
    public string BlobsFolder => Path.Combine(Root, "blobs");

    /// <summary>The transparency log's public files.</summary>
    public string LogFolder => Path.Combine(Root, "log");

    /// <summary>Private keys.</summary>
    public string KeysFolder => Path.Combine(Root, "keys");

    /// <summary>One folder a run.</summary>
    public string RunsFolder => Path.Combine(Root, "runs");

    /// <summary><c>$LAZULI_HOME</c>, else <c>~/.lazuli</c>.</summary>
    public static LazuliHome FromEnvironment()
    {
        string? configured = Environment.GetEnvironmentVariable(EnvironmentVariable);
        return new LazuliHome(string.IsNullOrWhiteSpace(configured)
            ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), ".lazuli")
            : configured);
    }
}
