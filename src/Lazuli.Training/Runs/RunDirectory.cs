using System.Globalization;

namespace Lazuli.Training;

/// <summary>The folder of a run, held by one process at a time: <c>recipe.json</c>, <c>run.json</c>, <c>metrics.jsonl</c>, <c>checkpoints/</c>, <c>run.lock</c>, <c>run.pid</c>.</summary>
/// <remarks>The lock is the operating system's lock on an open file, so a killed process leaves none behind. A locked file cannot be read, so who has it stands beside it.</remarks>
internal sealed class RunDirectory : IDisposable
{
    public const string CheckpointsName = "checkpoints";
    public const string MetricsName = "metrics.jsonl";
    public const string RecipeName = "recipe.json";
    public const string LockName = "run.lock";
    public const string OwnerName = "run.pid";

    private readonly FileStream _lock;

    private RunDirectory(string path, FileStream held)
    {
        Root = path;
        _lock = held;
    }

    /// <summary>The folder.</summary>
    public string Root { get; }

    /// <summary>Where checkpoints lie.</summary>
    public string Checkpoints => Path.Combine(Root, CheckpointsName);

    /// <summary>One line a step.</summary>
    public string Metrics => Path.Combine(Root, MetricsName);

    /// <summary>The resolved recipe.</summary>
    public string Recipe => Path.Combine(Root, RecipeName);

    /// <summary>Creates the folder if it is not there and takes its lock.</summary>
    /// <exception cref="RunDirectoryInUseException">Another process has it.</exception>
    /// <exception cref="IOException">It cannot be created.</exception>
    public static RunDirectory Open(string path)
    {
        string full = Path.GetFullPath(path);
        Directory.CreateDirectory(full);
        string lockPath = Path.Combine(full, LockName);
        FileStream held;
        try
        {
            held = new FileStream(lockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(lockPath))
        {
            throw new RunDirectoryInUseException(full, ReadOwner(Path.Combine(full, OwnerName)));
        }

        File.WriteAllText(Path.Combine(full, OwnerName), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        return new RunDirectory(full, held);
    }

    public void Dispose() => _lock.Dispose();

    private static int? ReadOwner(string path) =>
        File.Exists(path) && int.TryParse(File.ReadAllText(path), NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : null;
}
