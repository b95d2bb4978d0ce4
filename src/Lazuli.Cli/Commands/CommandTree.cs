using System.CommandLine;

namespace Lazuli.Cli;

/// <summary>Every command, in the order that help shows. A command is two types in a folder of its noun: this tree names them all.</summary>
internal static class CommandTree
{
    public static IEnumerable<Command> Build(Terminal terminal) =>
    [
        QuickstartCommand.Build(terminal),
        ServeCommand.Build(terminal),
        TrainCommand.Build(terminal),
        GenerateCommand.Build(terminal),
        ChatCommand.Build(terminal),
        EmbedCommand.Build(terminal),
        ScoreCommand.Build(terminal),
        DemoCommand.Build(terminal),
        BenchCommand.Build(terminal),
        ComputeCommand.Build(terminal),
        DoctorCommand.Build(terminal),
        DataCommand.Build(terminal),
        TokenizerCommand.Build(terminal),
        RunCommand.Build(terminal),
        ModelCommand.Build(terminal),
        KeyCommand.Build(terminal),
        PartyCommand.Build(terminal),
        GrantCommand.Build(terminal),
        CommitmentCommand.Build(terminal),
        FactCommand.Build(terminal),
        PriceCommand.Build(terminal),
        LimitCommand.Build(terminal),
        InvoiceCommand.Build(terminal),
        UsageCommand.Build(terminal),
        CreditCommand.Build(terminal),
        CapitalCommand.Build(terminal),
        BenefitCommand.Build(terminal),
        LedgerCommand.Build(terminal),
        WebhookCommand.Build(terminal),
        AuditCommand.Build(terminal),
        ConfigCommand.Build(terminal),
    ];

    /// <summary>A noun with its verbs.</summary>
    public static Command Noun(string name, string description, params Command[] verbs)
    {
        var noun = new Command(name, description);
        foreach (Command verb in verbs)
        {
            noun.Subcommands.Add(verb);
        }

        return noun;
    }

    /// <summary>The option that every reading command has.</summary>
    public static Option<bool> JsonOption() => new("--json") { Description = "Print one JSON document instead of a table." };
}
