using Lazuli.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Lazuli.Gateway;

/// <summary>Parties and projects. Of other parties everybody sees what they are called and what they are; their projects nobody.</summary>
internal static class PartyEndpoints
{
    public static void Map(RouteGroupBuilder admin)
    {
        RouteGroupBuilder parties = admin.MapGroup("/parties").WithTags("Parties");
        parties.Get("/", ListAsync).Needs(AdminRight.Read).WithName("ListParties").WithSummary("All parties, closed ones too.");
        parties.Post("/", AddPartyAsync).Needs(AdminRight.AskLicensing).WithName("AddParty").WithSummary("Add a party.");
        parties.Put("/{id}/classes", SetClassesAsync).Needs(AdminRight.AskLicensing).WithName("SetPartyClasses").WithSummary("Say to which classes of customer a party belongs.");
        parties.Post("/{id}/close", ClosePartyAsync).Needs(AdminRight.AskLicensing).WithName("CloseParty").WithSummary("Close a party for good.");

        RouteGroupBuilder projects = admin.MapGroup("/projects").WithTags("Projects");
        projects.Get("/", ListProjectsAsync).Needs(AdminRight.Read).WithName("ListProjects").WithSummary("All projects, closed ones too.");
        projects.Post("/", AddProjectAsync).Needs(AdminRight.AskLicensing).WithName("AddProject").WithSummary("Add a project of one party or of several.");
        projects.Put("/{id}/owners", SetOwnersAsync).Needs(AdminRight.AskLicensing).WithName("SetProjectOwners").WithSummary("Set the owners and their shares.");
        projects.Post("/{id}/contributions", ContributeAsync).Needs(AdminRight.AskLicensing).WithName("AddContribution").WithSummary("Note what a party put in.");
        projects.Post("/{id}/close", CloseProjectAsync).Needs(AdminRight.AskLicensing).WithName("CloseProject").WithSummary("Close a project for good.");
    }

    private static async Task<Ok<Party[]>> ListAsync(AdminCall call, IPartyStore store, CancellationToken cancel)
    {
        IReadOnlyList<Party> all = await store.ListAsync(cancel).ConfigureAwait(false);
        return TypedResults.Ok(all.Select(party => call.ActsFor(party.Id) ? party : party with { Classes = [] }).ToArray());
    }

    private static async Task<Ok<Project[]>> ListProjectsAsync(AdminCall call, IProjectStore store, CancellationToken cancel)
    {
        IReadOnlyList<Project> all = await store.ListAsync(cancel).ConfigureAwait(false);
        return TypedResults.Ok(all.Where(project => call.ActsFor([.. project.Owners.Select(owner => owner.Party)])).ToArray());
    }

    private static async Task<Ok<Party>> AddPartyAsync(NewParty body, AdminCall call, IPartyStore store, CancellationToken cancel) =>
        AdminAnswer.Of(await store.AddAsync(call.Actor, body.Id, body.Kind, body.Name, body.Classes ?? [], cancel).ConfigureAwait(false));

    private static async Task<Ok<Party>> SetClassesAsync(string id, IReadOnlyList<string> body, AdminCall call, IPartyStore store, CancellationToken cancel) =>
        AdminAnswer.Of(await store.SetClassesAsync(call.Actor, new PartyId(id), body, cancel).ConfigureAwait(false));

    private static async Task<Ok<Party>> ClosePartyAsync(string id, AdminCall call, IPartyStore store, CancellationToken cancel) =>
        AdminAnswer.Of(await store.CloseAsync(call.Actor, new PartyId(id), cancel).ConfigureAwait(false));

    private static async Task<Ok<Project>> AddProjectAsync(NewProject body, AdminCall call, IProjectStore store, CancellationToken cancel) =>
        AdminAnswer.Of(await store.AddAsync(call.Actor, body.Id, body.Name, body.Owners, body.FieldOfUse, cancel).ConfigureAwait(false));

    private static async Task<Ok<Project>> SetOwnersAsync(string id, IReadOnlyList<OwnershipShare> body, AdminCall call, IProjectStore store, CancellationToken cancel) =>
        AdminAnswer.Of(await store.SetOwnersAsync(call.Actor, new ProjectId(id), body, cancel).ConfigureAwait(false));

    private static async Task<Ok<Project>> ContributeAsync(string id, NewContribution body, AdminCall call, IProjectStore store, CancellationToken cancel) =>
        AdminAnswer.Of(await store.ContributeAsync(call.Actor, new ProjectId(id), body.Party, body.Description, cancel).ConfigureAwait(false));

    private static async Task<Ok<Project>> CloseProjectAsync(string id, AdminCall call, IProjectStore store, CancellationToken cancel) =>
        AdminAnswer.Of(await store.CloseAsync(call.Actor, new ProjectId(id), cancel).ConfigureAwait(false));
}
