using System.Text.Json;
using Lazuli.Contracts;
using Lazuli.Licensing;
using Lazuli.Storage;
using static Lazuli.Platform.Tests.LicensingWorld;

namespace Lazuli.Platform.Tests;

/// <summary>What parties are told of licences and models, on every database.</summary>
public abstract class LicensingEventSpec(DatabaseKind kind) : IAsyncLifetime
{
    private LicensingWorld _world = null!;

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
    public async Task A_grants_life_is_told_to_its_link_and_stops_to_all_below()
    {
        Grant[] chain = await _world.ChainAsync();
        Assert.Equal(["grant.offered", "grant.signed"], (await EventsAsync()).Take(2).Select(told => told.Type));
        long before = (await EventsAsync())[^1].Sequence;
        Done(await _world.Room.Grants.SuspendAsync(For(Lab), chain[0].Id, "unpaid", default));
        Done(await _world.Room.Grants.ResumeAsync(For(Lab), chain[0].Id, default));
        Done(await _world.Room.Grants.EndAsync(For(Partner), chain[1].Id, "done", default));
        IReadOnlyList<OutboxEvent> events = await EventsAsync(before);
        Assert.Equal(
            [
                ("grant.suspended", $"Grant:{chain[0].Id}"), ("grant.upstream_suspended", "Party:partner"), ("grant.upstream_suspended", "Party:customer"),
                ("grant.resumed", $"Grant:{chain[0].Id}"), ("grant.upstream_resumed", "Party:partner"), ("grant.upstream_resumed", "Party:customer"),
                ("grant.ended", $"Grant:{chain[1].Id}"), ("grant.upstream_ended", "Party:customer"),
            ],
            events.Select(told => (told.Type, string.Join(' ', told.Audience))));
        Assert.Equal("unpaid", Data(events[0]).GetProperty("reason").GetString());
        Assert.Equal(["grant"], Data(events[2]).EnumerateObject().Select(member => member.Name)); // not whose licence above it was, nor why
        Assert.Equal(chain[2].Id.Value, Data(events[2]).GetProperty("grant").GetString());
    }

    [Fact]
    public async Task Below_a_link_that_is_stopped_already_nothing_changes_and_nothing_is_told()
    {
        Grant[] chain = await _world.ChainAsync();
        Done(await _world.Room.Grants.SuspendAsync(For(Seller), chain[1].Id, "unpaid", default));
        long before = (await EventsAsync())[^1].Sequence;
        Done(await _world.Room.Grants.SuspendAsync(For(Lab), chain[0].Id, "unpaid", default));
        Done(await _world.Room.Grants.ResumeAsync(For(Seller), chain[1].Id, default));
        Assert.Equal(["grant.suspended", "grant.resumed"], (await EventsAsync(before)).Select(told => told.Type));
    }

    [Fact]
    public async Task A_refused_change_tells_nothing()
    {
        Grant[] chain = await _world.ChainAsync();
        int before = (await EventsAsync()).Count;
        Refused(await _world.Room.Grants.SuspendAsync(For(Customer), chain[0].Id, "spite", default));
        Refused(await _world.Room.Grants.ResumeAsync(For(Lab), chain[0].Id, default));
        Assert.Equal(before, (await EventsAsync()).Count);
    }

    [Fact]
    public async Task Who_is_preferred_hears_of_an_offer_and_not_who_got_it()
    {
        await _world.AddPartiesAsync();
        Grant preferred = await _world.GrantAsync(Lab, Seller, Make.Terms() with { Exclusivity = Exclusivity.Preferred, NoticeDays = 10 });
        Grant offer = Done(await _world.Room.Grants.OfferAsync(For(Lab), Lab, Partner, null, Make.Terms(), default));
        Done(await _world.Room.Grants.GiveNoticeAsync(For(Lab), offer.Id, default));
        OutboxEvent told = (await EventsAsync())[^1];
        Assert.Equal(("grant.first_offer", "Party:seller"), (told.Type, string.Join(' ', told.Audience)));
        Assert.Equal(preferred.Id.Value, Data(told).GetProperty("grant").GetString());
        Assert.Equal(Make.Now.AddDays(10), Data(told).GetProperty("noticeUntil").GetDateTimeOffset());
        Assert.DoesNotContain("partner", told.Data, StringComparison.Ordinal);
        Assert.DoesNotContain(offer.Id.Value, told.Data, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hold_is_told_to_owners_and_to_those_whose_licences_reach_the_model()
    {
        Grant[] chain = await _world.ChainAsync();
        Done(await _world.Room.Parties.AddAsync(Actor.Local, new PartyId("stranger"), PartyKind.Customer, "x", [], default));
        await _world.GrantAsync(Lab, new PartyId("stranger"), Make.Terms() with { Models = ["another"] });
        long before = (await EventsAsync())[^1].Sequence;
        Done(await _world.Room.Models.HoldAsync(For(Lab), ["m"], "incident 7", default));
        Done(await _world.Room.Models.HoldAsync(For(Lab), ["m"], "incident 7, still", default));
        IReadOnlyList<OutboxEvent> events = await EventsAsync(before);
        Assert.Equal(["Party:customer", "Party:lab", "Party:partner", "Party:seller"], events.Select(told => string.Join(' ', told.Audience)));
        Assert.All(events, told => Assert.Equal("model.held", told.Type));
        Assert.Equal([chain[2].Id.Value], Data(events[0]).GetProperty("grants").EnumerateArray().Select(grant => grant.GetString()!));
        Assert.DoesNotContain("incident", string.Concat(events.Select(told => told.Data)), StringComparison.Ordinal);
        Done(await _world.Room.Models.ReleaseAsync(For(Lab, PersonRoles.SafetyOfficer), ["m"], "closed", default));
        Done(await _world.Room.Models.RevokeAsync(For(Lab, PersonRoles.SafetyOfficer), ["m"], "leak", default));
        Assert.Equal(["model.released", "model.revoked"], (await EventsAsync(events[^1].Sequence)).Select(told => told.Type).Distinct());
    }

    [Fact]
    public async Task The_end_of_a_term_is_told_once_whichever_process_looks()
    {
        Grant[] chain = await _world.ChainAsync();
        var other = new LicensingRoom(_world.OpenAgain(), _world.Time);
        var first = new ExpiredGrants(_world.Database, _world.Room.Entitlements, _world.Time);
        var second = new ExpiredGrants(_world.OpenAgain(), other.Entitlements, _world.Time);
        Assert.Equal(0, await first.TellAsync(default));
        long before = (await EventsAsync())[^1].Sequence;
        _world.Time.Advance(TimeSpan.FromDays(400));
        Assert.Equal(chain.Length, (await Task.WhenAll(first.TellAsync(default), second.TellAsync(default))).Sum());
        Assert.Equal(0, await first.TellAsync(default) + await second.TellAsync(default));
        IReadOnlyList<OutboxEvent> events = await EventsAsync(before);
        Assert.All(events, told => Assert.Equal("grant.expired", told.Type));
        Assert.Equal(chain.Length, events.Select(told => told.Audience[0].Id).Distinct().Count());
    }

    private Task<IReadOnlyList<OutboxEvent>> EventsAsync(long after = 0) => Outbox.ReadAsync(_world.Database, after, 1000, default);

    private static JsonElement Data(OutboxEvent told)
    {
        using JsonDocument data = JsonDocument.Parse(told.Data);
        return data.RootElement.Clone();
    }
}

/// <summary>On SQLite.</summary>
public sealed class LicensingEventOnSqliteTests() : LicensingEventSpec(DatabaseKind.Sqlite);

/// <summary>On PostgreSQL.</summary>
public sealed class LicensingEventOnPostgresTests() : LicensingEventSpec(DatabaseKind.Postgres);
