using System.Security.Cryptography;
using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Licensing;

/// <summary>People, their tokens and sessions.</summary>
internal sealed class People(LicensingWriter writer, LazuliDatabase database) : IPeople
{
    public static readonly TimeSpan SessionLength = TimeSpan.FromHours(12);

    private const string IdPrefix = "person_";
    private const string IdAlphabet = "0123456789abcdefghijklmnopqrstuvwxyz";
    private const int IdLength = 16;
    private const int LongestIdentity = 500;
    private const PersonRoles AllRoles = PersonRoles.Owner | PersonRoles.Operator | PersonRoles.SafetyOfficer | PersonRoles.Finance | PersonRoles.Viewer;

    /// <inheritdoc/>
    public Task<LicensingResult<Person>> AddAsync(Actor actor, PartyId? party, string name, PersonRoles roles, OpenIdIdentity? identity, CancellationToken cancellationToken) =>
        writer.ChangeAsync(
            actor, LicensingChange.ManagePeople,
            change =>
            {
                change.LeavesDecisions();
                RequireManages(change, party);
                if (party is { } known)
                {
                    change.Require(known != PartyId.Public, LicensingRefusal.Invalid, "Nobody acts for the public.");
                    change.RequireOpenParty(known);
                }

                CheckRoles(change, roles);
                change.Require(
                    identity is null || actor.Party is null, LicensingRefusal.NotAllowed, "How the issuer names a person is the installation's to say: whoever says it decides whose sign-in that is. Add the person without, or ask the installation's operator.");
                CheckIdentity(change, identity);
                var person = new Person { Id = IdPrefix + RandomNumberGenerator.GetString(IdAlphabet, IdLength), Party = party, Name = PartyStore.CheckName(change, name), Roles = roles, Identity = identity, CreatedAt = change.Now };
                change.Transaction.Execute(
                    "INSERT INTO people (id, party, name, roles, issuer, subject, created_at) VALUES (@Id, @party, @Name, @roles, @issuer, @subject, @at)",
                    new { person.Id, party = party?.Value, person.Name, roles = PersonRow.Write(roles), issuer = identity?.Issuer, subject = identity?.Subject, at = StoredTime.Format(change.Now) });
                change.Audit("person.add", person.Id, null, person);
                return person;
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<LicensingResult<Person>> SetRolesAsync(Actor actor, string id, PersonRoles roles, CancellationToken cancellationToken) =>
        writer.ChangeAsync(
            actor, LicensingChange.ManagePeople,
            change =>
            {
                change.LeavesDecisions();
                Person before = RequireOpen(change, id);
                RequireManages(change, before.Party);
                CheckRoles(change, roles);
                Person after = before with { Roles = roles };
                change.Transaction.Execute("UPDATE people SET roles = @roles WHERE id = @id", new { id, roles = PersonRow.Write(roles) });
                change.Audit("person.roles", id, before, after);
                return after;
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<LicensingResult<Person>> CloseAsync(Actor actor, string id, CancellationToken cancellationToken) =>
        writer.ChangeAsync(
            actor, LicensingChange.ManagePeople,
            change =>
            {
                change.LeavesDecisions();
                Person before = RequireOpen(change, id);
                RequireManages(change, before.Party);
                Person after = before with { ClosedAt = change.Now };
                string at = StoredTime.Format(change.Now);
                change.Transaction.Execute("UPDATE people SET closed_at = @at WHERE id = @id", new { id, at });
                change.Transaction.Execute("UPDATE person_tokens SET revoked_at = @at WHERE person = @id AND revoked_at IS NULL", new { id, at });
                change.Audit("person.close", id, before, after);
                return after;
            },
            cancellationToken);

    /// <inheritdoc/>
    public async Task<Person?> FindAsync(string id, CancellationToken cancellationToken)
    {
        IReadOnlyList<PersonRow> rows = await database.QueryAsync<PersonRow>($"SELECT {PersonRow.Columns} FROM people WHERE id = @id", new { id }, cancellationToken).ConfigureAwait(false);
        return rows.Count > 0 ? rows[0].ToPerson() : null;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Person>> ListAsync(PartyId? party, CancellationToken cancellationToken)
    {
        IReadOnlyList<PersonRow> rows = await database.QueryAsync<PersonRow>($"SELECT {PersonRow.Columns} FROM people ORDER BY sequence", null, cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(row => row.ToPerson()).Where(person => party is null || person.Party == party)];
    }

    /// <inheritdoc/>
    public Task<LicensingResult<CreatedToken>> CreateTokenAsync(Actor actor, string person, string label, DateTimeOffset? expiresAt, CancellationToken cancellationToken) =>
        writer.ChangeAsync(
            actor, LicensingChange.ManageOwnTokens,
            change =>
            {
                change.LeavesDecisions();
                Person owner = RequireOpen(change, person);
                RequireSelfOrManages(change, actor, owner);
                if (actor.Name == owner.Id)
                {
                    RequireAllRoles(change, actor, owner);
                }

                change.Require(label is { Length: <= KeyRules.LongestLabel }, LicensingRefusal.Invalid, $"A token's label has at most {KeyRules.LongestLabel} characters.");
                change.Require(expiresAt is not { } end || end > change.Now, LicensingRefusal.Invalid, "The token would have ended before it is made.");
                CreatedToken made = Insert(change, ApiKeyText.TokenPrefix, person, label, expiresAt);
                change.Audit("token.create", made.Record.Id, null, made.Record);
                return made;
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<LicensingResult<CreatedToken>> OpenSessionAsync(Actor actor, CancellationToken cancellationToken) =>
        writer.ChangeAsync(
            actor, LicensingChange.ManageOwnTokens,
            change =>
            {
                change.LeavesDecisions();
                Person person = RequireOpen(change, actor.Name);
                RequireAllRoles(change, actor, person);
                CreatedToken made = Insert(change, ApiKeyText.SessionPrefix, person.Id, "session", change.Now + SessionLength);
                change.Audit("session.open", made.Record.Id, null, made.Record);
                return made;
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<LicensingResult<PersonToken>> RevokeTokenAsync(Actor actor, string id, CancellationToken cancellationToken) =>
        writer.ChangeAsync(
            actor, LicensingChange.ManageOwnTokens,
            change =>
            {
                change.LeavesDecisions();
                IReadOnlyList<TokenRow> rows = change.Transaction.Query<TokenRow>($"SELECT {TokenRow.Columns} FROM person_tokens WHERE id = @id", new { id });
                change.Require(rows.Count > 0, LicensingRefusal.NotFound, $"There is no token '{id}'.");
                PersonToken before = rows[0].ToToken();
                RequireSelfOrManages(change, actor, Find(change, before.Person)!);
                if (before.RevokedAt is not null)
                {
                    return before;
                }

                PersonToken after = before with { RevokedAt = change.Now };
                change.Transaction.Execute("UPDATE person_tokens SET revoked_at = @at WHERE id = @id", new { id, at = StoredTime.Format(change.Now) });
                change.Audit("token.revoke", id, before, after);
                return after;
            },
            cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PersonToken>> ListTokensAsync(string person, CancellationToken cancellationToken)
    {
        IReadOnlyList<TokenRow> rows = await database.QueryAsync<TokenRow>($"SELECT {TokenRow.Columns} FROM person_tokens WHERE person = @person ORDER BY sequence DESC", new { person }, cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(row => row.ToToken())];
    }

    private static CreatedToken Insert(Change change, string prefix, string person, string label, DateTimeOffset? expiresAt)
    {
        ApiKeyText text = ApiKeyText.Create(prefix);
        var record = new PersonToken(text.Id, person, label, text.Redacted, change.Now, expiresAt, RevokedAt: null);
        change.Transaction.Execute(
            "INSERT INTO person_tokens (id, person, label, hash, redacted, created_at, expires_at) VALUES (@Id, @Person, @Label, @hash, @Redacted, @at, @expires)",
            new { record.Id, record.Person, record.Label, hash = text.Hash(), record.Redacted, at = StoredTime.Format(change.Now), expires = expiresAt is { } end ? StoredTime.Format(end) : null });
        return new CreatedToken(text.Text, record);
    }

    private static Person? Find(Change change, string id)
    {
        IReadOnlyList<PersonRow> rows = change.Transaction.Query<PersonRow>($"SELECT {PersonRow.Columns} FROM people WHERE id = @id", new { id });
        return rows.Count > 0 ? rows[0].ToPerson() : null;
    }

    private static Person RequireOpen(Change change, string id) =>
        Find(change, id) is { ClosedAt: null } person ? person : throw Change.Refuse(LicensingRefusal.NotFound, $"There is no person '{id}' who may act.");

    private static void RequireManages(Change change, PartyId? party)
    {
        if (party is { } own)
        {
            change.RequireParty(own);
        }
        else
        {
            change.RequireOperator();
        }
    }

    private static void RequireSelfOrManages(Change change, Actor actor, Person person)
    {
        if (actor.Name != person.Id)
        {
            change.Require(RoleTable.May(actor.Roles, LicensingChange.ManagePeople), LicensingRefusal.NotAllowed, "Tokens of others are for those to manage who manage people.");
            RequireManages(change, person.Party);
        }
    }

    // A token of the issuer may give fewer roles than the person has; what it makes must not give them back.
    private static void RequireAllRoles(Change change, Actor actor, Person person) =>
        change.Require((person.Roles & ~actor.Roles) == PersonRoles.None, LicensingRefusal.NotAllowed, $"'{actor.Name}' signed in with fewer roles than it has ({WordForm.Of(actor.Roles)}); tokens and sessions have all of them, so it makes none.");

    private static void CheckRoles(Change change, PersonRoles roles) =>
        change.Require(roles != PersonRoles.None && (roles & ~AllRoles) == PersonRoles.None, LicensingRefusal.Invalid, $"A person has at least one of the roles {WordForm.Of(AllRoles)}.");

    private static void CheckIdentity(Change change, OpenIdIdentity? identity)
    {
        if (identity is null)
        {
            return;
        }

        change.Require(identity.Issuer is { Length: > 0 and <= LongestIdentity } && identity.Subject is { Length: > 0 and <= LongestIdentity }, LicensingRefusal.Invalid, $"Issuer and subject have 1 to {LongestIdentity} characters each.");
        change.Require(
            change.Transaction.Scalar<long>("SELECT count(*) FROM people WHERE issuer = @Issuer AND subject = @Subject", identity) == 0,
            LicensingRefusal.Conflict, "Somebody has that issuer and subject already; a person is one person.");
    }
}
