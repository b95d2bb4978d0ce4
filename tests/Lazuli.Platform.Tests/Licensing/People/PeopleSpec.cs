using Lazuli.Contracts;
using Lazuli.Licensing;
using Lazuli.Storage;
using static Lazuli.Platform.Tests.LicensingWorld;

namespace Lazuli.Platform.Tests;

/// <summary>What must hold on every database.</summary>
public abstract class PeopleSpec(DatabaseKind kind) : IAsyncLifetime
{
    private LicensingWorld _world = null!;

    private IPeople People => _world.Room.People;

    public async ValueTask InitializeAsync()
    {
        _world = await LicensingWorld.OpenAsync(kind);
        await _world.AddPartiesAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_world is not null)
        {
            await _world.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Only_the_installation_says_how_an_issuer_names_a_person_and_each_name_is_one_persons()
    {
        var ann = new OpenIdIdentity("https://i", "ann");
        Assert.Equal(LicensingRefusal.NotAllowed, Refused(await People.AddAsync(For(Seller), Seller, "Mallory", PersonRoles.Viewer, ann, default)).Code); // or Ann's sign-in would be Mallory's party's
        Done(await People.AddAsync(Actor.Local, Seller, "Ann", PersonRoles.Operator, ann, default));
        Assert.Equal(LicensingRefusal.Conflict, Refused(await People.AddAsync(Actor.Local, Seller, "Ann again", PersonRoles.Viewer, ann, default)).Code);
    }

    [Fact]
    public async Task An_owner_adds_people_to_its_own_party_alone()
    {
        Person person = Done(await People.AddAsync(For(Seller), Seller, "Ann", PersonRoles.Operator | PersonRoles.Finance, null, default));
        Assert.Equal(person, Assert.Single(await People.ListAsync(Seller, default)));
        Assert.Equal(LicensingRefusal.NotAllowed, Refused(await People.AddAsync(For(Seller), Partner, "Bob", PersonRoles.Viewer, null, default)).Code);
        Assert.Equal(LicensingRefusal.NotAllowed, Refused(await People.AddAsync(For(Seller), null, "Bob", PersonRoles.Owner, null, default)).Code);
        Assert.Equal(LicensingRefusal.NotAllowed, Refused(await People.AddAsync(For(Seller, PersonRoles.Operator), Seller, "Bob", PersonRoles.Viewer, null, default)).Code);
        Assert.Equal(LicensingRefusal.NotAllowed, Refused(await People.SetRolesAsync(For(Partner), person.Id, PersonRoles.Owner, default)).Code);
        Assert.Equal(LicensingRefusal.Invalid, Refused(await People.AddAsync(For(Seller), Seller, "Bob", PersonRoles.None, null, default)).Code);
        Assert.Equal(PersonRoles.Viewer, Done(await People.SetRolesAsync(For(Seller), person.Id, PersonRoles.Viewer, default)).Roles);
        Done(await People.AddAsync(Actor.Local, null, "Root", PersonRoles.Owner, null, default));
        Assert.Equal(2, (await People.ListAsync(null, default)).Count);
    }

    [Fact]
    public async Task Nobody_handles_anothers_tokens_but_who_manages_people()
    {
        Person ann = Done(await People.AddAsync(For(Seller), Seller, "Ann", PersonRoles.Viewer, null, default));
        Person bob = Done(await People.AddAsync(For(Seller), Seller, "Bob", PersonRoles.Operator, null, default));
        CreatedToken token = Done(await People.CreateTokenAsync(new Actor(ann.Id, Seller, ann.Roles), ann.Id, "x", null, default));
        Assert.Equal(LicensingRefusal.NotAllowed, Refused(await People.RevokeTokenAsync(new Actor(bob.Id, Seller, bob.Roles), token.Record.Id, default)).Code);
        Assert.Equal(LicensingRefusal.NotAllowed, Refused(await People.CreateTokenAsync(new Actor(bob.Id, Seller, bob.Roles), ann.Id, "x", null, default)).Code);
        Assert.Equal(LicensingRefusal.NotAllowed, Refused(await People.RevokeTokenAsync(For(Partner), token.Record.Id, default)).Code);
        Assert.Equal(token.Record, Assert.Single(await People.ListTokensAsync(ann.Id, default)));
        Done(await People.RevokeTokenAsync(For(Seller), token.Record.Id, default));
        Assert.NotNull(Assert.Single(await People.ListTokensAsync(ann.Id, default)).RevokedAt);
        Assert.Equal(LicensingRefusal.NotFound, Refused(await People.OpenSessionAsync(For(Seller), default)).Code);
    }

    [Fact]
    public async Task Whoever_signed_in_with_fewer_roles_than_it_has_makes_no_token_that_has_them_all()
    {
        Person ann = Done(await People.AddAsync(For(Seller), Seller, "Ann", PersonRoles.Finance | PersonRoles.Viewer, null, default));
        var limited = new Actor(ann.Id, Seller, PersonRoles.Viewer);
        Assert.Equal(LicensingRefusal.NotAllowed, Refused(await People.OpenSessionAsync(limited, default)).Code);
        Assert.Equal(LicensingRefusal.NotAllowed, Refused(await People.CreateTokenAsync(limited, ann.Id, "x", null, default)).Code);
        CreatedToken token = Done(await People.OpenSessionAsync(limited with { Roles = ann.Roles }, default));
        Done(await People.RevokeTokenAsync(limited, token.Record.Id, default)); // ending is always allowed
        Assert.Equal(ann, await People.FindAsync(ann.Id, default));
        Assert.Null(await People.FindAsync("person_nobody", default));
    }

    [Fact]
    public void The_table_of_roles_is_the_documents()
    {
        Assert.Equal(Enum.GetValues<LicensingChange>(), RoleTable.Allowed.Keys.Order());
        Assert.All(RoleTable.Allowed, row => Assert.True(RoleTable.May(PersonRoles.Owner, row.Key)));
        string May(PersonRoles role) => string.Join(' ', RoleTable.Allowed.Where(row => RoleTable.May(role, row.Key)).Select(row => row.Key));
        Assert.Equal("StopGrant SetStage HoldModel ReleaseModel RevokeModel RecordFact ManageOwnTokens", May(PersonRoles.SafetyOfficer));
        Assert.Equal("Contribute ManageCommitments ManageOwnTokens", May(PersonRoles.Finance));
        Assert.Equal("ManageOwnTokens", May(PersonRoles.Viewer));
        Assert.False(RoleTable.May(PersonRoles.Operator, LicensingChange.RevokeModel));
    }
}

public sealed class PeopleOnSqliteTests() : PeopleSpec(DatabaseKind.Sqlite);

public sealed class PeopleOnPostgresTests() : PeopleSpec(DatabaseKind.Postgres);
