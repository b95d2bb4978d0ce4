using System.CommandLine;

namespace Lazuli.Cli;

/// <summary><c>lazuli compute runs|report</c>: what compute was used, what for, and what it cost.</summary>
internal static class ComputeCommand
{
    public static Command Build(Terminal terminal) =>
        CommandTree.Noun(
            "compute",
            "Compute, counted.",
            ComputeRuns.Build(terminal),
            ComputeHardware.Build(terminal));
}
