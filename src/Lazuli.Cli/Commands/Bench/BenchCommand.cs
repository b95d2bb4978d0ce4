using System.CommandLine;

namespace Lazuli.Cli;

/// <summary><c>lazuli bench limits|train|infer|serve|ledger</c>: throughput and, where the machine is this one, its share of the machine's limit measured in the same run.</summary>
internal static class BenchCommand
{
    public static Command Build(Terminal terminal) =>
        CommandTree.Noun("bench", "Measure this machine and what Lazuli makes of it.", BenchLimits.Build(terminal), BenchTrain.Build(terminal), BenchInfer.Build(terminal), BenchServe.Build(terminal), BenchLedger.Build(terminal));
}
