namespace Lazuli.Contracts;

/// <summary>Whether use comes under the transparency log. Thread-safe.</summary>
public interface ISealing
{
    /// <summary>Why nothing is sealed just now, for people: the log's disk failed; null while all is well, and in a process that keeps no log.</summary>
    /// <remarks>Requests go on meanwhile and are metered; no period is invoiced until its use is sealed.</remarks>
    string? Failure { get; }
}
