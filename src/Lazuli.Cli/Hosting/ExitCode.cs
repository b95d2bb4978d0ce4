namespace Lazuli.Cli;

/// <summary>What the process answers to its caller.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>Failed while doing it.</summary>
    public const int Failed = 1;

    /// <summary>Asked wrongly: unknown command, bad value, bad recipe.</summary>
    public const int Usage = 2;

    /// <summary>Refused: a rule says no.</summary>
    public const int Refused = 3;

    /// <summary>Something needed is not reachable: a port in use, a home that another process holds, a missing program.</summary>
    public const int NotReachable = 4;

    /// <summary>Cancelled by the user.</summary>
    public const int Cancelled = 130;
}
