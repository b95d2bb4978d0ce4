using System.CommandLine;
using System.Globalization;
using Lazuli.Contracts;
using Lazuli.Gateway;

namespace Lazuli.Cli;

/// <summary><c>lazuli commitment make|end|list</c>.</summary>
internal static class CommitmentCommand
{
    public static Command Build(Terminal terminal)
    {
        var party = new Argument<string>("party") { Description = "Who promises." };
        var provider = new Option<string>("--provider") { Description = "Whose machines.", Required = true };
        Option<ComputeUse[]> covers = Words.Many("--covers", ComputeUse.Train, ComputeUse.Run);
        covers.Description = "For what. Default both.";
        var preferred = new Option<bool>("--preferred") { Description = "These machines come first; without it, nobody else's may be used." };
        var from = new Option<DateTimeOffset?>("--from") { Description = "First instant. Default now." };
        var until = new Option<DateTimeOffset?>("--until") { Description = "First instant after it. Default no end." };
        var spend = new Option<string?>("--spend") { Description = "What will be spent within the term at least, e.g. '1000000 EUR'." };
        var providers = new Option<string[]>("--except-provider") { Description = "Another provider that may be used all the same; may be repeated.", DefaultValueFactory = _ => [] };
        var models = new Option<string[]>("--except-model") { Description = "A model that may run or be trained anywhere; may be repeated.", DefaultValueFactory = _ => [] };
        var projects = new Option<string[]>("--except-project") { Description = "A project that may compute anywhere; may be repeated.", DefaultValueFactory = _ => [] };
        var make = new Command("make", "Promise a provider to compute on its machines, and print the promise's id.") { party, provider, covers, preferred, from, until, spend, providers, models, projects };
        make.SetAction((parsed, cancel) => MakeAsync(
            terminal,
            new PartyId(parsed.GetValue(party)!),
            new CommitmentTerms
            {
                Provider = new PartyId(parsed.GetValue(provider)!),
                Covers = parsed.GetValue(covers)!.Aggregate(ComputeUse.None, (all, one) => all | one),
                Exclusive = !parsed.GetValue(preferred),
                From = parsed.GetValue(from) ?? TimeProvider.System.GetUtcNow(),
                Until = parsed.GetValue(until),
                CommittedSpend = parsed.GetValue(spend) is { } amount ? MoneyOption.Parse("--spend", amount) : null,
                ExceptedProviders = [.. parsed.GetValue(providers)!.Select(id => new PartyId(id))],
                ExceptedModels = parsed.GetValue(models)!,
                ExceptedProjects = [.. parsed.GetValue(projects)!.Select(id => new ProjectId(id))],
            },
            cancel));

        var id = new Argument<string>("id") { Description = "As 'commitment list' names it." };
        var reason = new Option<string>("--reason") { Description = "Why; kept in the audit log.", Required = true };
        var end = new Command("end", "End a promise before its term.") { id, reason };
        end.SetAction((parsed, cancel) => EndAsync(terminal, parsed.GetValue(id)!, parsed.GetValue(reason)!, cancel));

        Option<bool> json = CommandTree.JsonOption();
        var list = new Command("list", "List promises, oldest first.") { json };
        list.SetAction((parsed, cancel) => ListAsync(terminal, parsed.GetValue(json), cancel));
        return CommandTree.Noun("commitment", "Promises to compute providers: on whose machines models are trained and run.", make, end, list);
    }

    private static async Task<int> MakeAsync(Terminal terminal, PartyId party, CommitmentTerms terms, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        ComputeCommitment made = await link.PostAsync<ComputeCommitment>("commitments/", new NewCommitment(party, terms), cancel).ConfigureAwait(false);
        await terminal.Data.WriteLineAsync(made.Id).ConfigureAwait(false);
        await terminal.Talk.WriteLineAsync(terms.Exclusive
            ? $"{party} computes on {terms.Provider}'s machines only; say which machines are whose with the setting Gateway.Provider."
            : $"{party} prefers {terms.Provider}'s machines.").ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static async Task<int> EndAsync(Terminal terminal, string id, string reason, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        ComputeCommitment ended = await link.PostAsync<ComputeCommitment>($"commitments/{Uri.EscapeDataString(id)}/end", (object)new Because(reason), cancel).ConfigureAwait(false);
        await terminal.Talk.WriteLineAsync($"{ended.Party}'s promise to {ended.Terms.Provider} is over.").ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static async Task<int> ListAsync(Terminal terminal, bool json, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        ComputeCommitment[] commitments = await link.GetAsync<ComputeCommitment[]>("commitments/", cancel).ConfigureAwait(false);
        if (json)
        {
            terminal.WriteAdminJson(commitments);
            return ExitCode.Done;
        }

        terminal.WriteTable(
            ["id", "party", "provider", "covers", "kind", "from", "until", "committed", "excepted"],
            commitments.Select(c => new[]
            {
                c.Id, c.Party.Value, c.Terms.Provider.Value, c.Terms.Covers.ToString().ToLowerInvariant(), c.Terms.Exclusive ? "exclusive" : "preferred", Day(c.Terms.From), Day(c.EndedAt ?? c.Terms.Until),
                c.Terms.CommittedSpend?.ToString() ?? "-", Excepted(c.Terms),
            }));
        return ExitCode.Done;
    }

    private static string Day(DateTimeOffset? at) => at?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "-";

    private static string Excepted(CommitmentTerms terms) => string.Join(", ", [.. terms.ExceptedProviders.Select(id => id.Value), .. terms.ExceptedModels, .. terms.ExceptedProjects.Select(id => id.Value)]) is { Length: > 0 } text ? text : "-";
}
