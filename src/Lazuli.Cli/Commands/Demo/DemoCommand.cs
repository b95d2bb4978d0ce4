using System.CommandLine;
using System.Globalization;
using Lazuli.Storage;

namespace Lazuli.Cli;

/// <summary><c>lazuli demo partnership</c>.</summary>
internal static class DemoCommand
{
    public static Command Build(Terminal terminal)
    {
        var output = new Option<string>("--output", "-o") { Description = "Where the report goes. Default partnership.html.", DefaultValueFactory = _ => "partnership.html" };
        var partnership = new Command("partnership", "Play a partnership from licence to royalty on a small model, in a home of its own, and write a report.") { output };
        partnership.SetAction((parsed, cancel) => PartnershipAsync(terminal, parsed.GetValue(output)!, cancel));
        return CommandTree.Noun("demo", "Whole stories, played in a minute.", partnership);
    }

    private static async Task<int> PartnershipAsync(Terminal terminal, string output, CancellationToken cancel)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(output))!;
        if (!Directory.Exists(folder))
        {
            throw new CommandException($"There is no folder '{folder}' for the report.", ExitCode.Usage);
        }

        DirectoryInfo home = Directory.CreateTempSubdirectory("lazuli-demo-");
        try
        {
            long started = TimeProvider.System.GetTimestamp();
            var story = new DemoStory(terminal.Talk);
            DemoServer server = await DemoServer.StartAsync(terminal, new LazuliHome(home.FullName), "aurora", cancel).ConfigureAwait(false);
            await using (server.ConfigureAwait(false))
            {
                PartnershipOutcome outcome = await new PartnershipDemo(server, story, TimeProvider.System).PlayAsync(cancel).ConfigureAwait(false);
                TimeSpan took = TimeProvider.System.GetElapsedTime(started);
                await File.WriteAllTextAsync(output, PartnershipReport.Write(story, outcome, took), cancel).ConfigureAwait(false);
                await terminal.Talk.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"\nPlayed in {took.TotalSeconds:0} s. The report: {output}")).ConfigureAwait(false);
                return outcome.Agrees ? ExitCode.Done : ExitCode.Failed;
            }
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }
}
