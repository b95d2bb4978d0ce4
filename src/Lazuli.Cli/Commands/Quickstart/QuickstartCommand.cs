using System.CommandLine;

namespace Lazuli.Cli;

/// <summary><c>lazuli quickstart</c>: the whole path in one command.</summary>
internal static class QuickstartCommand
{
    public static Command Build(Terminal terminal)
    {
        var minutes = new Option<double>("--minutes") { Description = "Minutes for everything up to serving.", DefaultValueFactory = _ => QuickstartOptions.DefaultMinutes };
        var again = new Option<bool>("--again") { Description = "Train again although a model is there." };
        var corpus = new Option<string[]>("--corpus") { Description = "Train on this instead of the SDK's documentation: XML docs, .txt, .md, .jsonl, .cs, folders. May be repeated." };
        var noServe = new Option<bool>("--no-serve") { Description = "Stop after the report." };
        Option<int?> port = ServeCommand.PortOption();
        var fetch = new Option<bool>("--fetch-reference") { Description = "Where the SDK has no documentation, fetch the reference package from NuGet without asking." };
        var command = new Command("quickstart", "Train a small language model on real text and serve it, in one go.") { minutes, again, corpus, noServe, port, fetch };
        command.SetAction((parsed, cancel) => new Quickstart(terminal, new QuickstartOptions
        {
            Minutes = parsed.GetValue(minutes),
            Again = parsed.GetValue(again),
            Corpus = parsed.GetValue(corpus) ?? [],
            Serve = !parsed.GetValue(noServe),
            Port = parsed.GetValue(port),
            FetchReference = parsed.GetValue(fetch),
        }).RunAsync(cancel));
        return command;
    }
}
