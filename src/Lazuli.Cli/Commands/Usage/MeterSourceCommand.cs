using System.CommandLine;
using System.Globalization;
using Lazuli.Contracts;
using Lazuli.Gateway;

namespace Lazuli.Cli;

/// <summary><c>lazuli usage source add|list|heartbeat|close</c>: who may send meter events from outside.</summary>
internal static class MeterSourceCommand
{
    public static Command Build(Terminal terminal)
    {
        var name = new Argument<string>("name") { Description = "Small letters, digits, dots and hyphens, such as partner-a.node-1." };
        var party = new Option<string>("--party") { Description = "Who runs it.", Required = true };
        var beats = new Option<bool>("--heartbeats") { Description = "It promises heartbeats: a period without one is not invoiced." };
        var add = new Command("add", "Let a source outside send events.") { name, party, beats };
        add.SetAction((parsed, cancel) => ChangeAsync(terminal, "usage/sources", new NewMeterSource(parsed.GetValue(name)!, new PartyId(parsed.GetValue(party)!), parsed.GetValue(beats)), cancel));
        Option<bool> json = CommandTree.JsonOption();
        var list = new Command("list", "List sources outside.") { json };
        list.SetAction((parsed, cancel) => ListAsync(terminal, parsed.GetValue(json), cancel));
        var until = new Option<DateTimeOffset>("--until") { Description = "All that ended before was sent.", Required = true };
        var sequence = new Option<long>("--sequence") { Description = "The highest number that was.", Required = true };
        var heartbeat = new Command("heartbeat", "Say that a source has sent all that ended before a time.") { name, until, sequence };
        heartbeat.SetAction((parsed, cancel) => ChangeAsync(terminal, $"usage/sources/{Uri.EscapeDataString(parsed.GetValue(name)!)}/heartbeat", new MeterHeartbeat(parsed.GetValue(until), parsed.GetValue(sequence)), cancel));
        var close = new Command("close", "Take no more events of a source.") { name };
        close.SetAction((parsed, cancel) => ChangeAsync(terminal, $"usage/sources/{Uri.EscapeDataString(parsed.GetValue(name)!)}/close", body: null, cancel));
        return CommandTree.Noun("source", "Sources of meter events outside this installation.", add, list, heartbeat, close);
    }

    private static async Task<int> ChangeAsync(Terminal terminal, string path, object? body, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        MeterEmitter source = await link.PostAsync<MeterEmitter>(path, body, cancel).ConfigureAwait(false);
        await terminal.Talk.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{source.Name} of {source.Party} is {(source.ClosedAt is null ? "open" : "closed")}; its next number is {source.Next}.")).ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static async Task<int> ListAsync(Terminal terminal, bool json, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        MeterEmitter[] sources = await link.GetAsync<MeterEmitter[]>("usage/sources", cancel).ConfigureAwait(false);
        if (json)
        {
            terminal.WriteAdminJson(sources);
        }
        else
        {
            terminal.WriteTable(
                ["name", "party", "next", "heard until", "state"],
                sources.Select(s => new[]
                {
                    s.Name, s.Party.Value, s.Next.ToString(CultureInfo.InvariantCulture), s.Beats ? s.HeardUntil.ToString("u", CultureInfo.InvariantCulture) : "-", s.ClosedAt is null ? "open" : "closed",
                }));
        }

        return ExitCode.Done;
    }
}
