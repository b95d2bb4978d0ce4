using System.CommandLine;
using System.Globalization;
using Lazuli.Contracts;
using Lazuli.Gateway;

namespace Lazuli.Cli;

/// <summary><c>lazuli fact finding|event|list</c>.</summary>
internal static class FactCommand
{
    public static Command Build(Terminal terminal)
    {
        var capability = new Argument<string>("capability") { Description = "What was found, e.g. agi." };
        var model = new Option<string>("--model") { Description = "In which model: a name, a digest, or '*' for every model.", Required = true };
        var finding = new Command("finding", "Record that a capability was found; licences that carve it out stop at once.") { capability, model };
        finding.SetAction((parsed, cancel) => FindingAsync(terminal, new CapabilityFound(parsed.GetValue(capability)!, parsed.GetValue(model)!), cancel));

        var name = new Argument<string>("name") { Description = "What happened." };
        var happened = new Command("event", "Record that something happened that licences depend on.") { name };
        happened.SetAction((parsed, cancel) => EventAsync(terminal, parsed.GetValue(name)!, cancel));

        Option<bool> json = CommandTree.JsonOption();
        var list = new Command("list", "List findings and events.") { json };
        list.SetAction((parsed, cancel) => ListAsync(terminal, parsed.GetValue(json), cancel));
        return CommandTree.Noun("fact", "Facts that licences' conditions ask for.", finding, happened, list);
    }

    private static async Task<int> FindingAsync(Terminal terminal, CapabilityFound found, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        CapabilityFinding kept = await link.PostAsync<CapabilityFinding>("facts/findings", (object)found, cancel).ConfigureAwait(false);
        await terminal.Talk.WriteLineAsync($"{kept.Name} was found in {kept.Subject}.").ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static async Task<int> EventAsync(Terminal terminal, string name, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        LicensingEvent kept = await link.PostAsync<LicensingEvent>($"facts/events/{Uri.EscapeDataString(name)}", (object?)null, cancel).ConfigureAwait(false);
        await terminal.Talk.WriteLineAsync($"{kept.Name} happened.").ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static async Task<int> ListAsync(Terminal terminal, bool json, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        CapabilityFinding[] findings = await link.GetAsync<CapabilityFinding[]>("facts/findings", cancel).ConfigureAwait(false);
        LicensingEvent[] events = await link.GetAsync<LicensingEvent[]>("facts/events", cancel).ConfigureAwait(false);
        if (json)
        {
            terminal.WriteAdminJson(new { findings, events });
            return ExitCode.Done;
        }

        terminal.WriteTable(
            ["kind", "name", "of", "at"],
            [
                .. findings.Select(f => new[] { "finding", f.Name, f.Subject, f.At.ToString("u", CultureInfo.InvariantCulture) }),
                .. events.Select(e => new[] { "event", e.Name, "-", e.At.ToString("u", CultureInfo.InvariantCulture) }),
            ]);
        return ExitCode.Done;
    }
}
