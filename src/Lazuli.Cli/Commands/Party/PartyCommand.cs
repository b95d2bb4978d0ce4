using System.CommandLine;
using System.Globalization;
using Lazuli.Contracts;
using Lazuli.Gateway;

namespace Lazuli.Cli;

/// <summary><c>lazuli party add|list|classes|close</c>, and its projects.</summary>
internal static class PartyCommand
{
    public static Command Build(Terminal terminal)
    {
        Option<bool> json = CommandTree.JsonOption();
        var id = new Argument<string>("id") { Description = "Short name: small letters, digits, hyphens." };
        Option<PartyKind> kind = Words.Option<PartyKind>("--kind");
        (kind.Description, kind.Required) = ("What it is in the partnership.", true);
        var name = new Option<string?>("--name") { Description = "Its name as people read it. Default: the id." };
        var classes = new Option<string[]>("--class") { Description = "A class of customer that it belongs to; may be repeated.", DefaultValueFactory = _ => [] };
        var add = new Command("add", "Add a party.") { id, kind, name, classes };
        add.SetAction((parsed, cancel) => AddAsync(terminal, new NewParty(new PartyId(parsed.GetValue(id)!), parsed.GetValue(kind), parsed.GetValue(name) ?? parsed.GetValue(id)!, parsed.GetValue(classes)), cancel));

        var list = new Command("list", "List parties.") { json };
        list.SetAction((parsed, cancel) => ListAsync(terminal, parsed.GetValue(json), cancel));
        var close = new Command("close", "Close a party for good: licences from it, to it and through it allow nothing any more.") { id };
        close.SetAction((parsed, cancel) => CloseAsync(terminal, parsed.GetValue(id)!, cancel));

        var owners = new Option<string[]>("--owner") { Description = "An owner, PARTY or PARTY=PERCENT; shares add up to 100. The first leads and is charged.", Required = true };
        var field = new Option<string?>("--field") { Description = "Field of use of requests that name none." };
        var project = new Command("project", "Add a project: keys, limits and usage belong to one.") { id, owners, name, field };
        project.SetAction((parsed, cancel) => AddProjectAsync(
            terminal,
            new NewProject(new ProjectId(parsed.GetValue(id)!), parsed.GetValue(name) ?? parsed.GetValue(id)!, OwnerShares.Parse(parsed.GetValue(owners)!), parsed.GetValue(field)),
            cancel));
        var projects = new Command("projects", "List projects.") { json };
        projects.SetAction((parsed, cancel) => ListProjectsAsync(terminal, parsed.GetValue(json), cancel));

        var setClasses = new Command("classes", "Say to which classes of customer a party belongs, in place of those before.") { id, classes };
        setClasses.SetAction((parsed, cancel) => SetClassesAsync(terminal, parsed.GetValue(id)!, parsed.GetValue(classes)!, cancel));
        var setOwners = new Command("project-owners", "Set a project's owners and their shares, in place of those before.") { id, owners };
        setOwners.SetAction((parsed, cancel) => SetOwnersAsync(terminal, parsed.GetValue(id)!, OwnerShares.Parse(parsed.GetValue(owners)!), cancel));
        var party = new Option<string>("--party") { Description = "Who put it in.", Required = true };
        var what = new Option<string>("--what") { Description = "People, data, compute, money, in words.", Required = true };
        var contribute = new Command("contribute", "Note what a party put into a project.") { id, party, what };
        contribute.SetAction((parsed, cancel) => ContributeAsync(terminal, parsed.GetValue(id)!, new NewContribution(new PartyId(parsed.GetValue(party)!), parsed.GetValue(what)!), cancel));
        var closeProject = new Command("close-project", "Close a project for good: its keys open nothing any more.") { id };
        closeProject.SetAction((parsed, cancel) => CloseProjectAsync(terminal, parsed.GetValue(id)!, cancel));
        return CommandTree.Noun("party", "Parties of the partnership and their projects.", add, list, setClasses, close, project, projects, setOwners, contribute, closeProject);
    }

    private static async Task<int> AddAsync(Terminal terminal, NewParty party, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        Party added = await link.PostAsync<Party>("parties/", party, cancel).ConfigureAwait(false);
        await terminal.Talk.WriteLineAsync($"Added {added.Id}.").ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static async Task<int> ListAsync(Terminal terminal, bool json, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        Party[] parties = await link.GetAsync<Party[]>("parties/", cancel).ConfigureAwait(false);
        if (json)
        {
            terminal.WriteAdminJson(parties);
        }
        else
        {
            terminal.WriteTable(
                ["id", "kind", "name", "classes", "since", "state"],
                parties.Select(p => new[] { p.Id.Value, Words.Of(p.Kind), p.Name, p.Classes.Count > 0 ? string.Join(", ", p.Classes) : "-", p.CreatedAt.ToString("u", CultureInfo.InvariantCulture), p.ClosedAt is null ? "open" : "closed" }));
        }

        return ExitCode.Done;
    }

    private static async Task<int> CloseAsync(Terminal terminal, string id, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        await link.PostAsync($"parties/{Uri.EscapeDataString(id)}/close", body: null, cancel).ConfigureAwait(false);
        await terminal.Talk.WriteLineAsync($"{id} is closed.").ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static async Task<int> AddProjectAsync(Terminal terminal, NewProject project, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        Project added = await link.PostAsync<Project>("projects/", project, cancel).ConfigureAwait(false);
        await terminal.Talk.WriteLineAsync($"Added project {added.Id}. A key for it: lazuli key create LABEL --project {added.Id}").ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static async Task<int> ListProjectsAsync(Terminal terminal, bool json, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        Project[] projects = await link.GetAsync<Project[]>("projects/", cancel).ConfigureAwait(false);
        if (json)
        {
            terminal.WriteAdminJson(projects);
        }
        else
        {
            terminal.WriteTable(
                ["id", "name", "owners", "field of use", "state"],
                projects.Select(p => new[]
                {
                    p.Id.Value, p.Name, OwnerShares.Text(p.Owners), p.FieldOfUse ?? "any", p.ClosedAt is null ? "open" : "closed",
                }));
        }

        return ExitCode.Done;
    }

    private static async Task<int> SetClassesAsync(Terminal terminal, string id, string[] classes, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        await link.PutAsync($"parties/{Uri.EscapeDataString(id)}/classes", classes, cancel).ConfigureAwait(false);
        await terminal.Talk.WriteLineAsync(classes.Length == 0 ? $"{id} belongs to no class." : $"{id} belongs to {string.Join(", ", classes)}.").ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static async Task<int> SetOwnersAsync(Terminal terminal, string id, OwnershipShare[] owners, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        await link.PutAsync($"projects/{Uri.EscapeDataString(id)}/owners", owners, cancel).ConfigureAwait(false);
        await terminal.Talk.WriteLineAsync($"The owners of {id} are set.").ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static async Task<int> ContributeAsync(Terminal terminal, string id, NewContribution contribution, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        await link.PostAsync($"projects/{Uri.EscapeDataString(id)}/contributions", contribution, cancel).ConfigureAwait(false);
        await terminal.Talk.WriteLineAsync($"Noted what {contribution.Party} put into {id}. Shares change by 'party project-owners' only.").ConfigureAwait(false);
        return ExitCode.Done;
    }

    private static async Task<int> CloseProjectAsync(Terminal terminal, string id, CancellationToken cancel)
    {
        await using AdminLink link = await AdminLink.OpenAsync(cancel).ConfigureAwait(false);
        await link.PostAsync($"projects/{Uri.EscapeDataString(id)}/close", body: null, cancel).ConfigureAwait(false);
        await terminal.Talk.WriteLineAsync($"The project {id} is closed.").ConfigureAwait(false);
        return ExitCode.Done;
    }
}
