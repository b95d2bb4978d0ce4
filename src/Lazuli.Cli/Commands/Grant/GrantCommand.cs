using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Lazuli.Contracts;
using Lazuli.Gateway;

namespace Lazuli.Cli;

/// <summary><c>lazuli grant offer|notice|sign|withdraw|suspend|resume|end|list|show|decide|explain</c>.</summary>
internal static class GrantCommand
{
    private const int MaxOfferBytes = 1 << 20;

    public static Command Build(Terminal terminal)
    {
        Option<bool> json = CommandTree.JsonOption();
        var file = new Argument<string>("offer") { Description = "The offer, a JSON file: licensor, licensee, parent, terms (docs/reference/licensing.md)." };
        var offer = new Command("offer", "Offer a licence, and print its id.") { file };
        offer.SetAction((parsed, cancel) => OfferAsync(terminal, parsed.GetValue(file)!, cancel));

        var id = new Argument<string>("id") { Description = "Id of the grant, as listed." };
        var reason = new Option<string>("--reason") { Description = "Why; it stands in the audit.", Required = true };
        Command notice = Step("notice", "Tell preferred licensees of an offer in their field; their notice periods begin.");
        Command sign = Step("sign", "Sign an offer, which brings it into force.");
        Command withdraw = Step("withdraw", "Take an offer back, or decline it.", needsReason: true);
        Command suspend = Step("suspend", "Stop a licence and all below it until it is resumed.", needsReason: true);
        Command resume = Step("resume", "Let a suspended licence go on.");
        Command end = Step("end", "End a licence for good, and all below it.", needsReason: true);

        var party = new Option<string?>("--party") { Description = "Only grants from or to it." };
        var list = new Command("list", "List grants, oldest first.") { party, json };
        list.SetAction((parsed, cancel) => ListAsync(terminal, parsed.GetValue(party), parsed.GetValue(json), cancel));
        var show = new Command("show", "Show a grant with its clauses, as JSON.") { id };
        show.SetAction((parsed, cancel) => ShowAsync(terminal, parsed.GetValue(id)!, cancel));

        var model = new Option<string>("--model") { Description = "Name of the model.", Required = true };
        var digest = new Option<string>("--digest") { Description = "Its exact version, sha256:…", DefaultValueFactory = _ => "" };
        var asking = new Option<string>("--party") { Description = "Who would use it.", Required = true };
        var project = new Option<string>("--project") { Description = "For which project.", Required = true };
        var field = new Option<string?>("--field") { Description = "In which field of use. Default: the project's." };
        Option<UseRight> right = Words.Option<UseRight>("--right", UseRight.Use);
        right.Description = "To do what. Default use.";
        var decide = new Command("decide", "Say whether a party may do that with a model now, and why not.") { asking, project, model, digest, field, right, json };
        decide.SetAction((parsed, cancel) => DecideAsync(
            terminal,
            Question(parsed),
            parsed.GetValue(json),
            cancel));
        var viewer = new Option<string?>("--as") { Description = "As this party may see it: clauses of its own links only. Without it, as the operator." };
        var explain = new Command("explain", "Say why, licence by licence, clause by clause.") { asking, project, model, digest, field, right, viewer, json };
        explain.SetAction((parsed, cancel) => ExplainAsync(
            terminal,
            new ExplanationWanted(Question(parsed), parsed.GetValue(viewer) is { } reader ? new PartyId(reader) : null),
            parsed.GetValue(json),
            cancel));
        return CommandTree.Noun("grant", "Licences: who may do what with which model.", offer, notice, sign, withdraw, suspend, resume, end, list, show, decide, explain);

        EntitlementQuestion Question(ParseResult parsed) => new()
        {
            Party = new PartyId(parsed.GetValue(asking)!),
            Project = new ProjectId(parsed.GetValue(project)!),
            ModelName = parsed.GetValue(model)!,
            ModelDigest = parsed.GetValue(digest)!,
            FieldOfUse = parsed.GetValue(field),
            Right = parsed.GetValue(right),
        };

        Command Step(string name, string description, bool needsReason = false)
        {
            var step = new Command(name, description) { id };
            if (needsReason)
            {
                step.Options.Add(reason);
            }

            step.SetAction((parsed, cancel) => StepAsync(terminal, parsed.GetValue(id)!, name, needsReason ? new Because(parsed.GetValue(reason)!) : null, cancel));
            return step;
        }
    }

    private static async Task<int> OfferAsync(Terminal terminal, string file, CancellationToken cancel)
    {
        NewOffer offer = await InputFile.ReadJsonAsync<NewOffer>(file, "offer", MaxOfferBytes, cancel).ConfigureAwait(false);
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        Grant grant = await link.PostAsync<Grant>("grants/", offer, cancel).ConfigureAwait(false);
        await terminal.Data.WriteLineAsync(grant.Id.Value).ConfigureAwait(false);
        await terminal.Talk.WriteLineAsync($"Offered to {grant.Licensee}. It allows nothing until it is signed: lazuli grant sign {grant.Id}").ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static async Task<int> StepAsync(Terminal terminal, string id, string step, Because? body, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        Grant grant = await link.PostAsync<Grant>($"grants/{Uri.EscapeDataString(id)}/{step}", (object?)body, cancel).ConfigureAwait(false);
        await terminal.Talk.WriteLineAsync($"{grant.Id} from {grant.Licensor} to {grant.Licensee} is {grant.State.ToString().ToLowerInvariant()}.").ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static async Task<int> ListAsync(Terminal terminal, string? party, bool json, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        Grant[] grants = await link.GetAsync<Grant[]>(party is null ? "grants/" : $"grants/?party={Uri.EscapeDataString(party)}", cancel).ConfigureAwait(false);
        if (json)
        {
            terminal.WriteAdminJson(grants);
        }
        else
        {
            terminal.WriteTable(
                ["id", "from", "to", "below", "models", "rights", "fields", "until", "state"],
                grants.Select(g => new[]
                {
                    g.Id.Value, g.Licensor.Value, g.Licensee.Value, g.Parent?.Value ?? "-", string.Join(' ', g.Terms.Models), g.Terms.Rights.ToString(), string.Join(' ', g.Terms.Fields),
                    g.Terms.Until?.ToString("u", CultureInfo.InvariantCulture) ?? "-", g.State.ToString(),
                }));
        }

        return ExitCode.Done;
    }

    private static async Task<int> ShowAsync(Terminal terminal, string id, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        terminal.WriteAdminJson(await link.GetAsync<Grant>($"grants/{Uri.EscapeDataString(id)}", cancel).ConfigureAwait(false));
        return ExitCode.Done;
    }

    private static async Task<int> ExplainAsync(Terminal terminal, ExplanationWanted wanted, bool json, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        ExplanationText answer = await link.PostAsync<ExplanationText>("entitlements/explain", wanted, cancel).ConfigureAwait(false);
        if (json)
        {
            terminal.WriteAdminJson(answer.Explanation);
        }
        else
        {
            await terminal.Data.WriteLineAsync(answer.Text).ConfigureAwait(false);
        }

        return answer.Explanation.IsAllowed ? ExitCode.Done : ExitCode.Refused;
    }

    private static async Task<int> DecideAsync(Terminal terminal, EntitlementQuestion question, bool json, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        EntitlementAnswer answer = await link.PostAsync<EntitlementAnswer>("entitlements/decide", question, cancel).ConfigureAwait(false);
        if (json)
        {
            terminal.WriteAdminJson(answer);
        }
        else
        {
            await terminal.Data.WriteLineAsync(answer.Allowed
                ? $"Allowed, {(answer.GrantChain.Count == 0 ? "as the owner" : $"under {string.Join(" → ", answer.GrantChain)}")}."
                : $"Refused ({answer.Code}): {answer.Reason}").ConfigureAwait(false);
        }

        return answer.Allowed ? ExitCode.Done : ExitCode.Refused;
    }
}
