namespace Lazuli.Storage;

/// <summary>Another process works in the folder.</summary>
public sealed class HomeInUseException(string home, int? holderProcessId, Exception inner)
    : Exception(Describe(home, holderProcessId), inner)
{
    /// <summary>The folder asked for.</summary>
    public string Home { get; } = home;

    /// <summary>The process that holds it, where it could be told.</summary>
    public int? HolderProcessId { get; } = holderProcessId;

    private static string Describe(string home, int? holder) =>
        holder is { } id
            ? FormattableString.Invariant($"{home} is in use by process {id}. Stop it, or set {LazuliHome.EnvironmentVariable} to another folder.")
            : $"{home} is in use by another process. Stop it, or set {LazuliHome.EnvironmentVariable} to another folder.";
}
