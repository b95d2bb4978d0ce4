using Lazuli.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Lazuli.Gateway;

/// <summary>People, their tokens and sessions. A party's people see each other; tokens are their person's to see, and of whoever manages people.</summary>
internal static class PeopleEndpoints
{
    public static void Map(RouteGroupBuilder admin)
    {
        admin.Get("/me", MeAsync).Needs(AdminRight.Read).WithTags("People").WithName("WhoAmI").WithSummary("Who the caller is.");

        RouteGroupBuilder people = admin.MapGroup("/people").WithTags("People");
        people.Get("/", ListAsync).Needs(AdminRight.Read).WithName("ListPeople").WithSummary("People of a party, or all; closed ones too.");
        people.Post("/", AddAsync).Needs(AdminRight.AskLicensing).WithName("AddPerson").WithSummary("Add a person to a party, or to the installation.");
        people.Put("/{id}/roles", SetRolesAsync).Needs(AdminRight.AskLicensing).WithName("SetRoles").WithSummary("Give a person other roles.");
        people.Post("/{id}/close", CloseAsync).Needs(AdminRight.AskLicensing).WithName("ClosePerson").WithSummary("End what a person may do, tokens and sessions with it.");
        people.Get("/{id}/tokens", ListTokensAsync).Needs(AdminRight.Read).WithName("ListTokens").WithSummary("A person's tokens and sessions, newest first; never their text.");
        people.Post("/{id}/tokens", CreateTokenAsync).Needs(AdminRight.AskLicensing).WithName("CreateToken").WithSummary("Make a personal token; its text is in this answer only.");
        people.Post("/{id}/tokens/{token}/revoke", RevokeTokenAsync).Needs(AdminRight.AskLicensing).WithName("RevokeToken").WithSummary("End a token or session at once.");

        RouteGroupBuilder sessions = admin.MapGroup("/sessions").WithTags("People");
        sessions.Post("/", OpenSessionAsync).Needs(AdminRight.AskLicensing).WithName("OpenSession").WithSummary("Open a session of 12 hours for the caller; its text is in this answer only.");
        sessions.Post("/{id}/end", async (string id, AdminCall call, IPeople store, CancellationToken cancel) => AdminAnswer.Of(await store.RevokeTokenAsync(call.Actor, id, cancel).ConfigureAwait(false)))
            .Needs(AdminRight.AskLicensing).WithName("EndSession").WithSummary("End a session at once.");
    }

    private static async Task<Ok<SignedIn>> MeAsync(AdminCall call, IPeople store, CancellationToken cancel)
    {
        Person? person = await store.FindAsync(call.Actor.Name, cancel).ConfigureAwait(false);
        return TypedResults.Ok(new SignedIn(call.Actor.Name, person?.Name, call.Party, call.Actor.Roles));
    }

    private static async Task<Ok<Person[]>> ListAsync(string? party, AdminCall call, IPeople store, CancellationToken cancel)
    {
        IReadOnlyList<Person> all = await store.ListAsync(party is null ? null : new PartyId(party), cancel).ConfigureAwait(false);
        return TypedResults.Ok(all.Where(person => IsOfOwnParty(call, person)).ToArray());
    }

    private static async Task<Ok<Person>> AddAsync(NewPerson body, AdminCall call, IPeople store, CancellationToken cancel) =>
        AdminAnswer.Of(await store.AddAsync(call.Actor, body.Party, body.Name, body.Roles, body.Identity, cancel).ConfigureAwait(false));

    private static async Task<Ok<Person>> SetRolesAsync(string id, RolesSet body, AdminCall call, IPeople store, CancellationToken cancel) =>
        AdminAnswer.Of(await store.SetRolesAsync(call.Actor, id, body.Roles, cancel).ConfigureAwait(false));

    private static async Task<Ok<Person>> CloseAsync(string id, AdminCall call, IPeople store, CancellationToken cancel) =>
        AdminAnswer.Of(await store.CloseAsync(call.Actor, id, cancel).ConfigureAwait(false));

    private static async Task<Ok<IReadOnlyList<PersonToken>>> ListTokensAsync(string id, AdminCall call, IPeople store, CancellationToken cancel)
    {
        Person? person = await store.FindAsync(id, cancel).ConfigureAwait(false);
        return person is not null && (person.Id == call.Actor.Name || (call.Actor.Roles.HasFlag(PersonRoles.Owner) && IsOfOwnParty(call, person)))
            ? TypedResults.Ok(await store.ListTokensAsync(id, cancel).ConfigureAwait(false))
            : throw new AdminRefusedException(StatusCodes.Status404NotFound, AdminRefusals.TitleOf(StatusCodes.Status404NotFound), $"There is no person '{id}' whose tokens are yours to see.");
    }

    private static async Task<Ok<CreatedToken>> CreateTokenAsync(string id, NewToken body, AdminCall call, IPeople store, CancellationToken cancel) =>
        AdminAnswer.Of(await store.CreateTokenAsync(call.Actor, id, body.Label, body.ExpiresAt, cancel).ConfigureAwait(false));

    private static async Task<Ok<PersonToken>> RevokeTokenAsync(string id, string token, AdminCall call, IPeople store, CancellationToken cancel) =>
        (await store.ListTokensAsync(id, cancel).ConfigureAwait(false)).Any(known => known.Id == token)
            ? AdminAnswer.Of(await store.RevokeTokenAsync(call.Actor, token, cancel).ConfigureAwait(false))
            : throw new AdminRefusedException(StatusCodes.Status404NotFound, AdminRefusals.TitleOf(StatusCodes.Status404NotFound), $"There is no token '{token}' of '{id}'.");

    private static async Task<Ok<CreatedToken>> OpenSessionAsync(AdminCall call, IPeople store, CancellationToken cancel)
    {
        call.RequireNoSession();
        return AdminAnswer.Of(await store.OpenSessionAsync(call.Actor, cancel).ConfigureAwait(false));
    }

    private static bool IsOfOwnParty(AdminCall call, Person person) => call.Party is not { } own || person.Party == own;
}
