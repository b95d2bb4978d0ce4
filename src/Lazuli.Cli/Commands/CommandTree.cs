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
        RemoteServer.MayBeElsewhere(KeyCommand.Build(terminal)),
        RemoteServer.MayBeElsewhere(PartyCommand.Build(terminal)),
        RemoteServer.MayBeElsewhere(GrantCommand.Build(terminal)),
        RemoteServer.MayBeElsewhere(CommitmentCommand.Build(terminal)),
        RemoteServer.MayBeElsewhere(FactCommand.Build(terminal)),
        RemoteServer.MayBeElsewhere(PriceCommand.Build(terminal)),
        RemoteServer.MayBeElsewhere(LimitCommand.Build(terminal)),
        RemoteServer.MayBeElsewhere(InvoiceCommand.Build(terminal)),
        RemoteServer.MayBeElsewhere(UsageCommand.Build(terminal)),
        RemoteServer.MayBeElsewhere(CreditCommand.Build(terminal)),
        RemoteServer.MayBeElsewhere(CapitalCommand.Build(terminal)),
        RemoteServer.MayBeElsewhere(BenefitCommand.Build(terminal)),
        RemoteServer.MayBeElsewhere(LedgerCommand.Build(terminal)),
        RemoteServer.MayBeElsewhere(WebhookCommand.Build(terminal)),
        RemoteServer.MayBeElsewhere(AuditCommand.Build(terminal)),
        RemoteServer.MayBeElsewhere(UserCommand.Build(terminal)),
        LoginCommand.Build(terminal),
        LogoutCommand.Build(terminal),
        WhoAmICommand.Build(terminal),
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
