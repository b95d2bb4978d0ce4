using System.Net;
using Lazuli.Contracts;
using Lazuli.Licensing;
using Lazuli.Storage;
using static Lazuli.Platform.Tests.LicensingWorld;

namespace Lazuli.Platform.Tests;

/// <summary>What must hold on every database.</summary>
public abstract class KeyScopeSpec(DatabaseKind kind) : IAsyncLifetime
{
    private LicensingWorld _world = null!;

    private IApiKeyStore Keys => _world.Room.Keys;

    public async ValueTask InitializeAsync() => _world = await LicensingWorld.OpenAsync(kind);

    public async ValueTask DisposeAsync()
    {
        if (_world is not null)
        {
            await _world.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_key_belongs_to_its_projects_party_and_keeps_its_scopes()
    {
        await _world.AddPartiesAsync();
        var wanted = new NewApiKey { Label = "app", Project = new ProjectId("customer-project"), Endpoints = ["chat"], Models = ["m"], Addresses = ["192.0.2.0/24", "2001:db8::/32"], ExpiresAt = Make.Now.AddDays(1) };
        CreatedApiKey made = Done(await Keys.CreateAsync(For(Customer), wanted, default));
        ApiKeyRecord found = (await Keys.FindAsync(made.Key, default))!;
        Assert.Equivalent(made.Record, found, strict: true);
        Assert.Equal(Customer, found.Party);
        Assert.Null(Keys.Check(found, "chat", "m", IPAddress.Parse("192.0.2.7")));
        Assert.Null(Keys.Check(found, "chat", null, IPAddress.Parse("2001:db8::9")));
        Assert.Null(Keys.Check(found, "chat", "m", IPAddress.Parse("::ffff:192.0.2.7")));
        Assert.Equal(KeyRefusal.Endpoint, Keys.Check(found, "embeddings", "m", IPAddress.Parse("192.0.2.7")));
        Assert.Equal(KeyRefusal.Model, Keys.Check(found, "chat", "n", IPAddress.Parse("192.0.2.7")));
        Assert.Equal(KeyRefusal.Address, Keys.Check(found, "chat", "m", IPAddress.Parse("192.0.3.7")));
        Assert.Equal(KeyRefusal.Address, Keys.Check(found, "chat", "m", null));
        _world.Time.Advance(TimeSpan.FromDays(1));
        Assert.Null(await Keys.FindAsync(made.Key, default));
    }

    [Fact]
    public async Task A_partys_use_is_read_by_keys_of_its_own_people_alone()
    {
        await _world.AddPartiesAsync();
        var joint = new ProjectId("joint");
        Done(await _world.Room.Projects.AddAsync(Actor.Local, joint, "Joint", [new OwnershipShare(Customer, 6_000), new OwnershipShare(Seller, 4_000)], null, default));
        NewApiKey Wanted(PartyId party) => new() { Label = "reports", Project = joint, Endpoints = [$"usage:{party}"] };
        Assert.Equal(LicensingRefusal.NotAllowed, Refused(await Keys.CreateAsync(For(Seller), Wanted(Customer), default)).Code);
        Assert.Equal(LicensingRefusal.Invalid, Refused(await Keys.CreateAsync(For(Seller), Wanted(Seller), default)).Code); // it does not lead the project
        CreatedApiKey made = Done(await Keys.CreateAsync(For(Customer), Wanted(Customer), default));
        Assert.Equal(LicensingRefusal.NotAllowed, Refused(await Keys.RotateAsync(For(Seller), made.Record.Id, TimeSpan.Zero, default)).Code); // that would show it the new key
        Assert.Null(Keys.Check((await Keys.FindAsync(made.Key, default))!, $"usage:{Customer}", null, null));
    }

    [Fact]
    public async Task The_operator_alone_makes_sandbox_keys_and_rotation_keeps_them_so()
    {
        await _world.AddPartiesAsync();
        var wanted = new NewApiKey { Label = "trial", Project = new ProjectId("customer-project"), Sandbox = true };
        Assert.Equal(LicensingRefusal.NotAllowed, Refused(await Keys.CreateAsync(For(Customer), wanted, default)).Code);
        CreatedApiKey made = Done(await Keys.CreateAsync(Actor.Local, wanted, default));
        Assert.True((await Keys.FindAsync(made.Key, default))!.Sandbox);
        CreatedApiKey next = Done(await Keys.RotateAsync(For(Customer), made.Record.Id, TimeSpan.Zero, default));
        Assert.True((await Keys.FindAsync(next.Key, default))!.Sandbox);
        Assert.All(await Keys.ListAsync(default), key => Assert.True(key.Sandbox));
        Assert.False(Done(await Keys.CreateAsync(Actor.Local, wanted with { Sandbox = false }, default)).Record.Sandbox);
    }

    [Fact]
    public async Task A_party_makes_lists_and_ends_keys_of_its_own_projects_alone()
    {
        await _world.AddPartiesAsync();
        Assert.Equal(LicensingRefusal.NotAllowed, Refused(await Keys.CreateAsync(For(Seller), new NewApiKey { Label = "x", Project = new ProjectId("customer-project") }, default)).Code);
        Assert.Equal(LicensingRefusal.NotFound, Refused(await Keys.CreateAsync(For(Seller), new NewApiKey { Label = "x", Project = new ProjectId("new") }, default)).Code);
        CreatedApiKey made = Done(await Keys.CreateAsync(For(Customer), new NewApiKey { Label = "x", Project = new ProjectId("customer-project") }, default));
        Assert.Equal(LicensingRefusal.NotFound, Refused(await Keys.RevokeAsync(For(Seller), made.Record.Id, default)).Code);
        Assert.Equal(LicensingRefusal.NotFound, Refused(await Keys.RotateAsync(For(Seller), made.Record.Id, TimeSpan.Zero, default)).Code);
        Assert.Equal(LicensingRefusal.NotAllowed, Refused(await Keys.RevokeAsync(For(Customer, PersonRoles.Viewer), made.Record.Id, default)).Code);
        Done(await Keys.RevokeAsync(For(Customer), made.Record.Id, default));
        Assert.Null(await Keys.FindAsync(made.Key, default));
    }

    [Fact]
    public async Task Rotation_lets_both_keys_work_for_the_overlap()
    {
        await _world.AddPartiesAsync();
        CreatedApiKey old = Done(await Keys.CreateAsync(For(Customer), new NewApiKey { Label = "app", Project = new ProjectId("customer-project"), Models = ["m"] }, default));
        CreatedApiKey next = Done(await Keys.RotateAsync(For(Customer), old.Record.Id, TimeSpan.FromHours(1), default));
        Assert.Equal(["m"], next.Record.Models);
        Assert.Equal(next.Record.Id, (await Keys.FindAsync(old.Key, default))!.ReplacedBy);
        Assert.Contains(next.Record.Id, Refused(await Keys.RotateAsync(For(Customer), old.Record.Id, TimeSpan.FromHours(1), default)).Reason, StringComparison.Ordinal);
        _world.Time.Advance(TimeSpan.FromHours(1));
        Assert.Null(await Keys.FindAsync(old.Key, default));
        Assert.NotNull(await Keys.FindAsync(next.Key, default));
        Assert.Equal(LicensingRefusal.Invalid, Refused(await Keys.RotateAsync(For(Customer), next.Record.Id, TimeSpan.FromDays(-1), default)).Code);
    }

    [Fact]
    public async Task Rotation_never_lengthens_a_life()
    {
        await _world.AddPartiesAsync();
        CreatedApiKey old = Done(await Keys.CreateAsync(For(Customer), new NewApiKey { Label = "app", Project = new ProjectId("customer-project"), ExpiresAt = Make.Now.AddMinutes(5) }, default));
        CreatedApiKey next = Done(await Keys.RotateAsync(For(Customer), old.Record.Id, TimeSpan.FromHours(1), default));
        Assert.Equal(Make.Now.AddMinutes(5), next.Record.ExpiresAt);
        Assert.Equal(Make.Now.AddMinutes(5), (await Keys.FindAsync(old.Key, default))!.ExpiresAt);
    }

    [Fact]
    public async Task The_last_use_is_known_at_once_and_written_later()
    {
        CreatedApiKey made = await Keys.CreateAsync("x", "default", default);
        Assert.Null(Assert.Single(await Keys.ListAsync(default)).LastUsedAt);
        await Keys.FindAsync(made.Key, default);
        Assert.Equal(Make.Now, Assert.Single(await Keys.ListAsync(default)).LastUsedAt);
        Assert.Null(Assert.Single(await new LicensingRoom(_world.Database, _world.Time).Keys.ListAsync(default)).LastUsedAt);
        await _world.Room.KeyUses.WriteAsync(default);
        Assert.Equal(Make.Now, Assert.Single(await new LicensingRoom(_world.Database, _world.Time).Keys.ListAsync(default)).LastUsedAt);
    }

    [Fact]
    public async Task The_operators_key_for_a_new_project_adds_it_as_the_labs()
    {
        CreatedApiKey made = await Keys.CreateAsync("x", "Research_1", default);
        Assert.Equal(Lab, (await Keys.FindAsync(made.Key, default))!.Party);
        await Assert.ThrowsAsync<ArgumentException>(() => Keys.CreateAsync("x", "no spaces", default));
        await Assert.ThrowsAsync<ArgumentException>(() => Keys.CreateAsync(new string('x', 201), "default", default));
    }

    [Fact]
    public async Task Wrong_limits_are_refused_together()
    {
        (LicensingRefusal code, string reason) = Refused(await Keys.CreateAsync(
            Actor.Local, new NewApiKey { Label = "x", Project = new ProjectId("default"), Endpoints = ["a b"], Models = [""], Addresses = ["x"], ExpiresAt = Make.Now }, default));
        Assert.Equal(LicensingRefusal.Invalid, code);
        Assert.All(new[] { "endpoints", "models", "'x'", "would have ended" }, part => Assert.Contains(part, reason, StringComparison.Ordinal));
    }
}

public sealed class KeyScopeOnSqliteTests() : KeyScopeSpec(DatabaseKind.Sqlite);

public sealed class KeyScopeOnPostgresTests() : KeyScopeSpec(DatabaseKind.Postgres);
