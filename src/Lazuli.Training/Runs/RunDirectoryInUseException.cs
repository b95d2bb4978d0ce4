namespace Lazuli.Training;

/// <summary>Another process trains in the same run directory.</summary>
public sealed class RunDirectoryInUseException : Exception
{
    /// <summary>Says which directory, and who has it.</summary>
    public RunDirectoryInUseException(string path, int? processId)
        : base($"The run directory {path} is in use by {(processId is null ? "another process" : $"process {processId}")}. Wait for it, stop it, or choose another directory.")
    {
        Path = path;
        ProcessId = processId;
    }

    /// <summary>The run directory.</summary>
    public string Path { get; }

    /// <summary>The process that has it, where it could be read.</summary>
    public int? ProcessId { get; }
}
