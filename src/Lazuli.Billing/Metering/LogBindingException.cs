namespace Lazuli.Billing;

/// <summary>The database's intervals are sealed in another log than the one that this process keeps.</summary>
/// <param name="bound">Key of the log that has them.</param>
/// <param name="kept">Key of this process's log.</param>
public sealed class LogBindingException(string bound, string kept) : Exception(
    $"The use in this database is sealed in the log {bound}, and this process keeps the log {kept}. Where another gateway keeps the log, start this one with LAZULI__Storage__KeepsLog=false; where the log was moved, put its folder and key back into this home.");
