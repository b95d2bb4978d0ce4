namespace Lazuli.Storage;

/// <summary>Another process works in the folder.</summary>
public sealed class HomeInUseException(string home, int? holderProcessId, HomeUse? holderUse, Exception inner)
    : Exception(Describe(home, holderProcessId), inner)
{
    /// <summary>The folder asked for.</summary>
    public string Home { get; } = home;

    /// <summary>The process that holds it, where it could be told.</summary>
    public int? HolderProcessId { get; } = holderProcessId;

    /// <summary>What it holds the folder for, where it could be told: not in the moment when it takes or leaves it.</summary>
    public HomeUse? HolderUse { get; } = holderUse;

    private static string Describe(string home, int? holder) =>
        holder is { } id
            ? FormattableString.Invariant($"{home} is in use by process {id}. Stop it, or set {LazuliHome.EnvironmentVariable} to another folder.")
            : $"{home} is in use by another process. Stop it, or set {LazuliHome.EnvironmentVariable} to another folder.";
}
