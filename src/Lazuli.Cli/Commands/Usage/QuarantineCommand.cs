using System.CommandLine;
using System.Globalization;
using Lazuli.Contracts;
using Lazuli.Gateway;

namespace Lazuli.Cli;

/// <summary><c>lazuli usage quarantine list|release|drop</c>.</summary>
internal static class QuarantineCommand
{
    public static Command Build(Terminal terminal)
    {
        Option<bool> json = CommandTree.JsonOption();
        var state = new Option<QuarantineState>("--state") { Description = "waiting, accepted, released or dropped. Default waiting.", DefaultValueFactory = _ => QuarantineState.Waiting };
        var after = new Option<long>("--after") { Description = "Only events behind this id: a thousand are listed at a time." };
        var list = new Command("list", "List events from outside that were held back, oldest first.") { state, after, json };
        list.SetAction((parsed, cancel) => ListAsync(terminal, parsed.GetValue(state), parsed.GetValue(after), parsed.GetValue(json), cancel));
        var id = new Argument<long>("id") { Description = "Its id, as listed." };
        var reason = new Option<string>("--reason") { Description = "Why; it is kept with the event.", Required = true };
        var release = new Command("release", "Let a held event through; numbers before it that never came are given up.") { id, reason };
        release.SetAction((parsed, cancel) => DecideAsync(terminal, parsed.GetValue(id), "release", parsed.GetValue(reason)!, cancel));
        var drop = new Command("drop", "Throw a held event away; its number is given up.") { id, reason };
        drop.SetAction((parsed, cancel) => DecideAsync(terminal, parsed.GetValue(id), "drop", parsed.GetValue(reason)!, cancel));
        return CommandTree.Noun("quarantine", "Events from outside that were held back.", list, release, drop);
    }

    private static async Task<int> ListAsync(Terminal terminal, QuarantineState state, long after, bool json, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        QuarantinedEvent[] held = await link.GetAsync<QuarantinedEvent[]>(string.Create(CultureInfo.InvariantCulture, $"usage/quarantine?state={state}&after={after}"), cancel).ConfigureAwait(false);
        if (json)
        {
            terminal.WriteAdminJson(held);
        }
        else
        {
            terminal.WriteTable(
                ["id", "event", "party", "ended", "reason"],
                held.Select(e => new[]
                {
                    e.Id.ToString(CultureInfo.InvariantCulture), new EventIdentity(e.Source, e.Sequence).ToString(), e.Party.Value, e.At.ToString("u", CultureInfo.InvariantCulture), $"{e.Reason}: {e.Because ?? e.Detail}",
                }));
        }

        return ExitCode.Done;
    }

    private static async Task<int> DecideAsync(Terminal terminal, long id, string step, string reason, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        QuarantinedEvent held = await link.PostAsync<QuarantinedEvent>(string.Create(CultureInfo.InvariantCulture, $"usage/quarantine/{id}/{step}"), new Because(reason), cancel).ConfigureAwait(false);
        await terminal.Talk.WriteLineAsync($"{new EventIdentity(held.Source, held.Sequence)} is {held.State.ToString().ToLowerInvariant()}.").ConfigureAwait(false);
        return ExitCode.Done;
    }
}
