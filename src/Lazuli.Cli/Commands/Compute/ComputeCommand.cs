using System.CommandLine;

namespace Lazuli.Cli;

/// <summary><c>lazuli compute runs|report|hardware|trend</c>: what compute was used, what for, what it cost, and how that stands in the field.</summary>
internal static class ComputeCommand
{
    public static Command Build(Terminal terminal) =>
        CommandTree.Noun(
            "compute",
            "Compute, counted.",
            ComputeRuns.Build(terminal),
            ComputeReport.Build(terminal),
            ComputeTrendCommand.Build(terminal),
            ComputePlan.Build(terminal),
            ComputeHardware.Build(terminal));
}
