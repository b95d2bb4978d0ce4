using Lazuli.Contracts;
using Lazuli.Storage;
using static Lazuli.Platform.Tests.LicensingWorld;

namespace Lazuli.Platform.Tests;

/// <summary>What must hold on every database.</summary>
public abstract class GrantStoreSpec(DatabaseKind kind) : IAsyncLifetime
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
    public async Task A_signed_chain_allows_its_customer_at_once()
    {
        Grant[] chain = await _world.ChainAsync();
        var allowed = Assert.IsType<EntitlementDecision.Allowed>(_world.Room.Entitlements.Decide(Make.Ask("customer")));
        Assert.Equal(chain.Select(g => g.Id), allowed.GrantChain);
        Assert.Equal(_world.Room.Entitlements.Epoch, allowed.Epoch);
    }

    [Fact]
    public async Task An_offer_allows_nothing_before_it_is_signed()
    {
        await _world.AddPartiesAsync();
        Grant offer = Done(await _world.Room.Grants.OfferAsync(For(Lab), Lab, Seller, null, Make.Terms(), default));
        Assert.Matches("^grant_[0-9a-z]{16}$", offer.Id.Value);
        Assert.Equal(EntitlementRefusal.GrantSuspended, Assert.IsType<EntitlementDecision.Refused>(_world.Room.Entitlements.Decide(Make.Ask("seller"))).Code);
        Done(await _world.Room.Grants.SignAsync(For(Seller), offer.Id, default));
        Assert.IsType<EntitlementDecision.Allowed>(_world.Room.Entitlements.Decide(Make.Ask("seller")));
    }

    [Fact]
    public async Task Everything_of_a_grant_comes_back_as_it_was_offered()
    {
        await _world.AddPartiesAsync();
        GrantTerms terms = Make.Terms(2) with
        {
            Models = ["m", "m@" + Make.Digest], Fields = ["law"], Exclusivity = Exclusivity.Preferred, NoticeDays = 10, Restrictions = ["r1"], CustomerClasses = ["defence"],
            Conditions = [new GrantCondition.ComputeAtMost(1e25), new GrantCondition.Finding("agi", false), new GrantCondition.Event("e", true), new GrantCondition.Before(Make.Now), new GrantCondition.NotBefore(Make.Now)],
            Fees = [new GrantFee.Fixed(5, "EUR"), new GrantFee.PerToken("plan"), new GrantFee.RevenueShare(100)], LeastRevenueShare = 5,
        };
        Grant offer = Done(await _world.Room.Grants.OfferAsync(For(Lab), Lab, Seller, null, terms, default));
        Grant read = (await new LicensingRoom(_world.Database, _world.Time).Grants.FindAsync(offer.Id, default))!;
        Assert.Equivalent(offer, read, strict: true);
        Assert.Equal(terms.Conditions, read.Terms.Conditions);
        Assert.Equal(terms.Fees, read.Terms.Fees);
    }

    [Fact]
    public async Task Suspending_a_link_stops_all_below_until_it_is_resumed_and_ending_it_for_good()
    {
        Grant[] chain = await _world.ChainAsync();
        Done(await _world.Room.Grants.SuspendAsync(For(Lab), chain[0].Id, "unpaid", default));
        Assert.All(new[] { "seller", "partner", "customer" }, p => Assert.IsType<EntitlementDecision.Refused>(_world.Room.Entitlements.Decide(Make.Ask(p))));
        Done(await _world.Room.Grants.ResumeAsync(For(Lab), chain[0].Id, default));
        Assert.IsType<EntitlementDecision.Allowed>(_world.Room.Entitlements.Decide(Make.Ask("customer")));
        Done(await _world.Room.Grants.EndAsync(For(Seller), chain[0].Id, "done", default));
        Assert.IsType<EntitlementDecision.Refused>(_world.Room.Entitlements.Decide(Make.Ask("customer")));
        Assert.Equal(LicensingRefusal.Conflict, Refused(await _world.Room.Grants.ResumeAsync(For(Lab), chain[0].Id, default)).Code);
    }

    [Fact]
    public async Task Each_step_is_for_the_right_side_alone()
    {
        Grant[] chain = await _world.ChainAsync();
        Assert.Equal(LicensingRefusal.NotAllowed, Refused(await _world.Room.Grants.OfferAsync(For(Seller), Lab, Partner, null, Make.Terms(), default)).Code);
        Assert.Equal(LicensingRefusal.NotAllowed, Refused(await _world.Room.Grants.SuspendAsync(For(Seller), chain[0].Id, "x", default)).Code);
        Assert.Equal(LicensingRefusal.NotAllowed, Refused(await _world.Room.Grants.SuspendAsync(For(Customer), chain[0].Id, "x", default)).Code);
        Assert.Equal(LicensingRefusal.NotAllowed, Refused(await _world.Room.Grants.SuspendAsync(For(Lab, PersonRoles.Finance), chain[0].Id, "x", default)).Code);
        Assert.Equal(LicensingRefusal.NotAllowed, Refused(await _world.Room.Grants.ResumeAsync(For(Customer), chain[0].Id, default)).Code);
        Grant offer = Done(await _world.Room.Grants.OfferAsync(For(Lab), Lab, Customer, null, Make.Terms(), default));
        Assert.Equal(LicensingRefusal.NotAllowed, Refused(await _world.Room.Grants.SignAsync(For(Lab), offer.Id, default)).Code);
        Done(await _world.Room.Grants.WithdrawAsync(For(Customer), offer.Id, "no", default));
        Assert.Equal(LicensingRefusal.Conflict, Refused(await _world.Room.Grants.SignAsync(For(Customer), offer.Id, default)).Code);
    }

    [Fact]
    public async Task A_child_that_goes_beyond_its_parent_is_refused_with_everything_that_is_wrong()
    {
        await _world.AddPartiesAsync();
        Grant first = await _world.GrantAsync(Lab, Seller, Make.Terms(1) with { Fields = ["law"] });
        (LicensingRefusal code, string reason) = Refused(await _world.Room.Grants.OfferAsync(For(Seller), Seller, Partner, first.Id, Make.Terms() with { Until = null }, default));
        Assert.Equal(LicensingRefusal.Conflict, code);
        Assert.Contains("'*'", reason, StringComparison.Ordinal);
        Assert.Contains("no end", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_who_holds_a_licence_hangs_another_on_it_and_only_an_owner_begins_a_chain()
    {
        Grant[] chain = await _world.ChainAsync();
        Assert.Contains("holds no licence", Refused(await _world.Room.Grants.OfferAsync(For(Customer), Customer, Partner, chain[0].Id, Make.Terms(), default)).Reason, StringComparison.Ordinal);
        Assert.Contains("does not license the model 'm'", Refused(await _world.Room.Grants.OfferAsync(For(Customer), Customer, Partner, null, Make.Terms(), default)).Reason, StringComparison.Ordinal);
        Assert.Contains("from itself", Refused(await _world.Room.Grants.OfferAsync(For(Lab), Lab, Lab, null, Make.Terms(), default)).Reason, StringComparison.Ordinal);
        Assert.Equal(LicensingRefusal.NotFound, Refused(await _world.Room.Grants.OfferAsync(For(Lab), Lab, new PartyId("nobody"), null, Make.Terms(), default)).Code);
    }

    [Fact]
    public async Task An_exclusive_licence_is_not_signed_beside_another_unless_it_excepts_it()
    {
        await _world.AddPartiesAsync();
        Grant older = await _world.GrantAsync(Lab, Partner, Make.Terms());
        GrantTerms exclusive = Make.Terms() with { Exclusivity = Exclusivity.ExclusiveInField };
        Grant offer = Done(await _world.Room.Grants.OfferAsync(For(Lab), Lab, Seller, null, exclusive, default));
        Assert.Contains(older.Id.Value, Refused(await _world.Room.Grants.SignAsync(For(Seller), offer.Id, default)).Reason, StringComparison.Ordinal);
        Grant excepting = await _world.GrantAsync(Lab, Seller, exclusive with { Excepted = [older.Id] });
        Grant late = Done(await _world.Room.Grants.OfferAsync(For(Lab), Lab, Customer, null, Make.Terms(), default));
        Assert.Contains(excepting.Id.Value, Refused(await _world.Room.Grants.SignAsync(For(Customer), late.Id, default)).Reason, StringComparison.Ordinal);
        Done(await _world.Room.Grants.EndAsync(For(Lab), excepting.Id, "over", default));
        Done(await _world.Room.Grants.SignAsync(For(Customer), late.Id, default));
    }

    [Fact]
    public async Task Somebody_preferred_is_told_first_and_the_notice_period_runs_before_another_signs()
    {
        await _world.AddPartiesAsync();
        await _world.GrantAsync(Lab, Seller, Make.Terms() with { Exclusivity = Exclusivity.Preferred, NoticeDays = 10 });
        Grant offer = Done(await _world.Room.Grants.OfferAsync(For(Lab), Lab, Partner, null, Make.Terms(), default));
        Assert.Contains("first-offer notice", Refused(await _world.Room.Grants.SignAsync(For(Partner), offer.Id, default)).Reason, StringComparison.Ordinal);
        Done(await _world.Room.Grants.GiveNoticeAsync(For(Lab), offer.Id, default));
        Assert.Equal(LicensingRefusal.Conflict, Refused(await _world.Room.Grants.GiveNoticeAsync(For(Lab), offer.Id, default)).Code);
        _world.Time.Advance(TimeSpan.FromDays(9.9));
        Assert.Contains("runs until", Refused(await _world.Room.Grants.SignAsync(For(Partner), offer.Id, default)).Reason, StringComparison.Ordinal);
        _world.Time.Advance(TimeSpan.FromDays(0.1));
        Done(await _world.Room.Grants.SignAsync(For(Partner), offer.Id, default));
    }

    [Fact]
    public async Task An_open_licence_is_signed_by_its_licensor_and_reaches_everybody_once_the_model_is_public()
    {
        await _world.AddPartiesAsync();
        await _world.GrantAsync(Lab, PartyId.Public, Make.Terms());
        Assert.Equal(EntitlementRefusal.StageTooLow, Assert.IsType<EntitlementDecision.Refused>(_world.Room.Entitlements.Decide(Make.Ask("customer"))).Code);
        Done(await _world.Room.Models.SetStageAsync(Actor.Local, "m", ModelStage.WeightsToLicensee, default));
        Done(await _world.Room.Models.SetStageAsync(Actor.Local, "m", ModelStage.Public, default));
        Assert.IsType<EntitlementDecision.Allowed>(_world.Room.Entitlements.Decide(Make.Ask("customer")));
    }

    [Fact]
    public async Task Of_two_exclusive_licences_signed_at_once_in_two_processes_one_comes_into_force()
    {
        await _world.AddPartiesAsync();
        var other = new LicensingRoom(_world.OpenAgain(), _world.Time);
        GrantTerms exclusive = Make.Terms() with { Exclusivity = Exclusivity.ExclusiveInField };
        for (int round = 0; round < 5; round++)
        {
            Grant first = Done(await _world.Room.Grants.OfferAsync(For(Lab), Lab, Seller, null, exclusive, default));
            Grant second = Done(await other.Grants.OfferAsync(For(Lab), Lab, Partner, null, exclusive, default));
            LicensingResult<Grant>[] signed = await Task.WhenAll(
                Task.Run(() => _world.Room.Grants.SignAsync(For(Seller), first.Id, default)), Task.Run(() => other.Grants.SignAsync(For(Partner), second.Id, default)));
            Grant won = Assert.Single(signed.OfType<LicensingResult<Grant>.Done>()).Value;
            Assert.Equal(LicensingRefusal.Conflict, Assert.Single(signed.OfType<LicensingResult<Grant>.Refused>()).Code);
            Done(await _world.Room.Grants.EndAsync(For(Lab), won.Id, "next round", default));
        }

        Assert.Null(await _world.Room.Audit.VerifyAsync(default));
    }

    [Fact]
    public async Task A_refused_change_leaves_nothing_behind()
    {
        await _world.AddPartiesAsync();
        long epoch = _world.Room.Entitlements.Epoch;
        int entries = (await _world.Room.Audit.ListAsync(null, null, null, 1000, default)).Count;
        Refused(await _world.Room.Grants.OfferAsync(For(Lab), Lab, Seller, null, Make.Terms() with { Models = [] }, default));
        Refused(await _world.Room.Grants.SuspendAsync(For(Lab), new GrantId("grant_none"), "x", default));
        Refused(await _world.Room.Grants.SuspendAsync(For(Lab), new GrantId("grant_none"), new string('x', 3000), default));
        Assert.Equal(epoch, _world.Room.Entitlements.Epoch);
        Assert.Equal(entries, (await _world.Room.Audit.ListAsync(null, null, null, 1000, default)).Count);
        Assert.Empty(await _world.Room.Grants.ListAsync(null, default));
    }
}

public sealed class GrantStoreOnSqliteTests() : GrantStoreSpec(DatabaseKind.Sqlite);

public sealed class GrantStoreOnPostgresTests() : GrantStoreSpec(DatabaseKind.Postgres);
