using Lazuli.Contracts;
using Lazuli.Storage;
using Microsoft.Extensions.Time.Testing;

namespace Lazuli.Platform.Tests;

/// <summary>A new installation's licensing in a database of its own, at a time that the test sets.</summary>
public sealed class LicensingWorld : IAsyncDisposable
{
    private readonly TestDatabase _test;

    private LicensingWorld(TestDatabase test, FakeTimeProvider time)
    {
        _test = test;
        Time = time;
        Room = new LicensingRoom(Database, Time);
    }

    public FakeTimeProvider Time { get; }

    public LazuliDatabase Database => _test.Platform;

    internal LicensingRoom Room { get; }

    public static PartyId Lab { get; } = new("lab");

    public static PartyId Seller { get; } = new("seller");

    public static PartyId Partner { get; } = new("partner");

    public static PartyId Customer { get; } = new("customer");

    public static Actor For(PartyId party, PersonRoles roles = PersonRoles.Owner) => new(party + "-person", party, roles);

    public static T Done<T>(LicensingResult<T> result) => result is LicensingResult<T>.Done done ? done.Value
        : throw new Xunit.Sdk.XunitException("Refused: " + string.Join(" ", ((LicensingResult<T>.Refused)result).Reasons));

    public static (LicensingRefusal Code, string Reason) Refused<T>(LicensingResult<T> result)
    {
        LicensingResult<T>.Refused refused = Assert.IsType<LicensingResult<T>.Refused>(result);
        return (refused.Code, string.Join(" ", refused.Reasons));
    }

    public static async Task<LicensingWorld> OpenAsync(DatabaseKind kind)
    {
        var time = new FakeTimeProvider(Make.Now);
        return new LicensingWorld(await TestDatabases.OpenAsync(kind, time), time);
    }

    /// <summary>The database opened once more, as by another process; closed with the world.</summary>
    public LazuliDatabase OpenAgain() => _test.OpenAgain().Platform;

    /// <summary>Adds seller, partner and customer with a project each, and makes model <c>m</c> commercial.</summary>
    public async Task AddPartiesAsync()
    {
        foreach ((PartyId party, PartyKind kind) in new[] { (Seller, PartyKind.Commercialiser), (Partner, PartyKind.Partner), (Customer, PartyKind.Customer) })
        {
            Done(await Room.Parties.AddAsync(Actor.Local, party, kind, party.Value, [], default));
            Done(await Room.Projects.AddAsync(Actor.Local, new ProjectId(party + "-project"), party.Value, [new OwnershipShare(party, 10_000)], null, default));
        }

        for (ModelStage stage = ModelStage.Assessors; stage <= ModelStage.Commercial; stage++)
        {
            Done(await Room.Models.SetStageAsync(Actor.Local, "m", stage, default));
        }
    }

    /// <summary>Offers and signs.</summary>
    public async Task<Grant> GrantAsync(PartyId from, PartyId to, GrantTerms terms, Grant? parent = null)
    {
        Grant offer = Done(await Room.Grants.OfferAsync(For(from), from, to, parent?.Id, terms, default));
        return Done(await Room.Grants.SignAsync(For(to == PartyId.Public ? from : to), offer.Id, default));
    }

    /// <summary>lab → seller → partner → customer.</summary>
    public async Task<Grant[]> ChainAsync()
    {
        await AddPartiesAsync();
        Grant first = await GrantAsync(Lab, Seller, Make.Terms(2));
        Grant second = await GrantAsync(Seller, Partner, Make.Terms(1), first);
        Grant third = await GrantAsync(Partner, Customer, Make.Terms(0), second);
        return [first, second, third];
    }

    public ValueTask DisposeAsync() => _test.DisposeAsync();
}
