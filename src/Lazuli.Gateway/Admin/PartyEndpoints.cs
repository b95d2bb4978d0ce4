using Lazuli.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Lazuli.Gateway;

/// <summary>Parties and projects.</summary>
internal static class PartyEndpoints
{
    public static void Map(RouteGroupBuilder admin)
    {
        RouteGroupBuilder parties = admin.MapGroup("/parties").WithTags("Parties");
        parties.MapGet("/", async (IPartyStore store, CancellationToken cancel) => TypedResults.Ok(await store.ListAsync(cancel).ConfigureAwait(false)))
            .WithName("ListParties").WithSummary("All parties, closed ones too.");
        parties.MapPost("/", AddPartyAsync).WithName("AddParty").WithSummary("Add a party.");
        parties.MapPut("/{id}/classes", SetClassesAsync).WithName("SetPartyClasses").WithSummary("Say to which classes of customer a party belongs.");
        parties.MapPost("/{id}/close", ClosePartyAsync).WithName("CloseParty").WithSummary("Close a party for good.");

        RouteGroupBuilder projects = admin.MapGroup("/projects").WithTags("Projects");
        projects.MapGet("/", async (IProjectStore store, CancellationToken cancel) => TypedResults.Ok(await store.ListAsync(cancel).ConfigureAwait(false)))
            .WithName("ListProjects").WithSummary("All projects, closed ones too.");
        projects.MapPost("/", AddProjectAsync).WithName("AddProject").WithSummary("Add a project of one party or of several.");
        projects.MapPut("/{id}/owners", SetOwnersAsync).WithName("SetProjectOwners").WithSummary("Set the owners and their shares.");
        projects.MapPost("/{id}/contributions", ContributeAsync).WithName("AddContribution").WithSummary("Note what a party put in.");
        projects.MapPost("/{id}/close", CloseProjectAsync).WithName("CloseProject").WithSummary("Close a project for good.");
    }

    private static async Task<Ok<Party>> AddPartyAsync(NewParty body, HttpContext context, IPartyStore store, CancellationToken cancel) =>
        AdminAnswer.Of(await store.AddAsync(AdminAuthentication.ActorOf(context), body.Id, body.Kind, body.Name, body.Classes ?? [], cancel).ConfigureAwait(false));

    private static async Task<Ok<Party>> SetClassesAsync(string id, IReadOnlyList<string> body, HttpContext context, IPartyStore store, CancellationToken cancel) =>
        AdminAnswer.Of(await store.SetClassesAsync(AdminAuthentication.ActorOf(context), new PartyId(id), body, cancel).ConfigureAwait(false));

    private static async Task<Ok<Party>> ClosePartyAsync(string id, HttpContext context, IPartyStore store, CancellationToken cancel) =>
        AdminAnswer.Of(await store.CloseAsync(AdminAuthentication.ActorOf(context), new PartyId(id), cancel).ConfigureAwait(false));

    private static async Task<Ok<Project>> AddProjectAsync(NewProject body, HttpContext context, IProjectStore store, CancellationToken cancel) =>
        AdminAnswer.Of(await store.AddAsync(AdminAuthentication.ActorOf(context), body.Id, body.Name, body.Owners, body.FieldOfUse, cancel).ConfigureAwait(false));

    private static async Task<Ok<Project>> SetOwnersAsync(string id, IReadOnlyList<OwnershipShare> body, HttpContext context, IProjectStore store, CancellationToken cancel) =>
        AdminAnswer.Of(await store.SetOwnersAsync(AdminAuthentication.ActorOf(context), new ProjectId(id), body, cancel).ConfigureAwait(false));

    private static async Task<Ok<Project>> ContributeAsync(string id, NewContribution body, HttpContext context, IProjectStore store, CancellationToken cancel) =>
        AdminAnswer.Of(await store.ContributeAsync(AdminAuthentication.ActorOf(context), new ProjectId(id), body.Party, body.Description, cancel).ConfigureAwait(false));

    private static async Task<Ok<Project>> CloseProjectAsync(string id, HttpContext context, IProjectStore store, CancellationToken cancel) =>
        AdminAnswer.Of(await store.CloseAsync(AdminAuthentication.ActorOf(context), new ProjectId(id), cancel).ConfigureAwait(false));
}
