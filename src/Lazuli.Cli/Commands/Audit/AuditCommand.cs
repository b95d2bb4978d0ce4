using System.CommandLine;
using System.Globalization;
using Lazuli.Contracts;
using Lazuli.Gateway;

namespace Lazuli.Cli;

/// <summary><c>lazuli audit list|verify</c>.</summary>
internal static class AuditCommand
{
    public static Command Build(Terminal terminal)
    {
        var subject = new Option<string?>("--subject") { Description = "Only about this, e.g. a grant's id." };
        var before = new Option<long?>("--before") { Description = "Only entries of lower number: goes on where a list ended." };
        var limit = new Option<int>("--limit") { Description = "At most so many, 1 to 1000.", DefaultValueFactory = _ => 100 };
        Option<bool> json = CommandTree.JsonOption();
        var list = new Command("list", "Who changed what and when, newest first.") { subject, before, limit, json };
        list.SetAction((parsed, cancel) => ListAsync(terminal, parsed.GetValue(subject), parsed.GetValue(before), parsed.GetValue(limit), parsed.GetValue(json), cancel));
        var verify = new Command("verify", "Check that no entry was changed, dropped or put in between.");
        verify.SetAction((_, cancel) => VerifyAsync(terminal, cancel));
        return CommandTree.Noun("audit", "The audit log: every change, who made it, and why.", list, verify);
    }

    private static async Task<int> ListAsync(Terminal terminal, string? subject, long? before, int limit, bool json, CancellationToken cancel)
    {
        if (limit is < 1 or > 1000)
        {
            throw new CommandException(string.Create(CultureInfo.InvariantCulture, $"--limit is {limit}; it must be from 1 to 1000."), ExitCode.Usage);
        }

        string query = string.Create(CultureInfo.InvariantCulture, $"audit/?limit={limit}{(before is { } number ? $"&before={number}" : "")}{(subject is null ? "" : "&subject=" + Uri.EscapeDataString(subject))}");
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        AuditEntry[] entries = await link.GetAsync<AuditEntry[]>(query, cancel).ConfigureAwait(false);
        if (json)
        {
            terminal.WriteAdminJson(entries);
            return ExitCode.Done;
        }

        terminal.WriteTable(
            ["number", "at", "who", "for", "did", "to", "because"],
            entries.Select(e => new[] { e.Sequence.ToString(CultureInfo.InvariantCulture), e.At.ToString("u", CultureInfo.InvariantCulture), e.Actor, e.Party?.Value ?? "installation", e.Action, e.Subject, e.Reason ?? "-" }));
        return ExitCode.Done;
    }

    private static async Task<int> VerifyAsync(Terminal terminal, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        AuditVerdict verdict = await link.PostAsync<AuditVerdict>("audit/verify", (object?)null, cancel).ConfigureAwait(false);
        await terminal.Data.WriteLineAsync(verdict.FirstChanged is { } broken
            ? string.Create(CultureInfo.InvariantCulture, $"Entry {broken} is not as it was written.")
            : "Every entry is as it was written.").ConfigureAwait(false);
        return verdict.FirstChanged is null ? ExitCode.Done : ExitCode.Failed;
    }
}
