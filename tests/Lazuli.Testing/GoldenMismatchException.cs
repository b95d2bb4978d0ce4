namespace Lazuli.Testing;

/// <summary>What came is not what the golden file says.</summary>
public sealed class GoldenMismatchException(string message) : Exception(message);
