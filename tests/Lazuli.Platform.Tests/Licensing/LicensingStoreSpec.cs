using Lazuli.Contracts;
using Lazuli.Storage;
using static Lazuli.Platform.Tests.LicensingWorld;

namespace Lazuli.Platform.Tests;

/// <summary>What must hold on every database.</summary>
public abstract class LicensingStoreSpec(DatabaseKind kind) : IAsyncLifetime
{
    internal LicensingWorld World { get; private set; } = null!;

    public async ValueTask InitializeAsync() => World = await LicensingWorld.OpenAsync(kind);

    public async ValueTask DisposeAsync()
    {
        if (World is not null)
        {
            await World.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_new_installation_has_a_lab_its_default_project_and_the_public()
    {
        Assert.Equal(["lab", "public"], (await World.Room.Parties.ListAsync(default)).Select(p => p.Id.Value));
        Project project = Assert.Single(await World.Room.Projects.ListAsync(default));
        Assert.Equal(new ProjectId("default"), project.Id);
        Assert.Equal([new OwnershipShare(Lab, 10_000)], project.Owners);
        EntitlementQuestion ask = Make.Ask("lab") with { Project = new ProjectId("default") };
        Assert.IsType<EntitlementDecision.Allowed>(World.Room.Entitlements.Decide(ask));
    }

    [Fact]
    public async Task What_a_project_makes_belongs_to_its_owners_as_they_were_then_unless_somebody_says_otherwise()
    {
        await World.AddPartiesAsync();
        IModelPolicies models = World.Room.Models;
        var joint = new ProjectId("joint");
        OwnershipShare[] shares = [new OwnershipShare(Customer, 6_000), new OwnershipShare(Seller, 4_000)];
        Done(await World.Room.Projects.AddAsync(Actor.Local, joint, "Joint", shares, null, default));
        ModelPolicy made = Done(await models.InheritOwnersAsync(Actor.Local, "ours", joint, isNew: true, default));
        Assert.Equal((joint, 2), (made.OwnersFrom, made.Owners.Count));
        Assert.Equal(shares, (await models.ListAsync(default)).Single(model => model.Subject == "ours").Owners);
        Assert.Equal(joint, (await models.ListAsync(default)).Single(model => model.Subject == "ours").OwnersFrom);
        long epoch = World.Room.Entitlements.Epoch;
        Done(await models.InheritOwnersAsync(Actor.Local, "ours", joint, isNew: false, default)); // the next version
        Assert.Equal(epoch, World.Room.Entitlements.Epoch);

        // Another project does not take the name over; neither does this one under other owners, for royalties of versions sold already follow the name.
        Assert.Equal(LicensingRefusal.Conflict, Refused(await models.InheritOwnersAsync(Actor.Local, "ours", new ProjectId("default"), isNew: false, default)).Code);
        Done(await World.Room.Projects.SetOwnersAsync(Actor.Local, joint, [new OwnershipShare(Customer, 5_000), new OwnershipShare(Seller, 5_000)], default));
        string conflict = (await models.WhyNotInheritAsync("ours", joint, isNew: false, default))!;
        Assert.Contains($"belongs to {Customer} 60 %, {Seller} 40 % (inherited from the project 'joint'", conflict, StringComparison.Ordinal);
        Assert.Equal(shares, (await models.ListAsync(default)).Single(model => model.Subject == "ours").Owners);

        // What is set by hand stays, whoever makes the next version.
        Done(await models.SetOwnersAsync(Actor.Local, "ours", [new OwnershipShare(Seller, 10_000)], default));
        Assert.Null(Done(await models.InheritOwnersAsync(Actor.Local, "ours", joint, isNew: false, default)).OwnersFrom);
        Assert.Equal([new OwnershipShare(Seller, 10_000)], (await models.ListAsync(default)).Single(model => model.Subject == "ours").Owners);
    }

    [Fact]
    public async Task A_stage_rises_one_step_at_a_time_and_falls_as_far_as_wanted()
    {
        IModelPolicies models = World.Room.Models;
        for (ModelStage now = ModelStage.Internal; now < ModelStage.Public; now++)
        {
            for (ModelStage far = now + 2; far <= ModelStage.Public; far++)
            {
                (LicensingRefusal Code, string Reason) refused = Refused(await models.SetStageAsync(Actor.Local, "new", far, default));
                Assert.Equal(LicensingRefusal.Conflict, refused.Code);
                Assert.Contains("one step at a time", refused.Reason, StringComparison.Ordinal);
            }

            Done(await models.SetStageAsync(Actor.Local, "new", now, default)); // to stay is no rise
            Done(await models.SetStageAsync(Actor.Local, "new", now + 1, default));
        }

        Assert.Equal(ModelStage.Internal, Done(await models.SetStageAsync(Actor.Local, "new", ModelStage.Internal, default)).Stage);
        Assert.Equal(LicensingRefusal.Conflict, Refused(await models.SetStageAsync(Actor.Local, "new", ModelStage.PreviewPartners, default)).Code);
    }

    [Fact]
    public async Task Names_without_owners_are_the_labs_once_a_version_is_there()
    {
        await World.AddPartiesAsync();
        IModelPolicies models = World.Room.Models;
        var customers = new ProjectId("customer-project");
        Assert.Contains("belongs to lab 100 %", await models.WhyNotInheritAsync("old", customers, isNew: false, default), StringComparison.Ordinal);
        Assert.Null(await models.WhyNotInheritAsync("old", customers, isNew: true, default));
        Assert.Null(await models.WhyNotInheritAsync("old", new ProjectId("default"), isNew: false, default));
        Assert.Null(await models.WhyNotInheritAsync("old", new ProjectId("nobody-knows"), isNew: false, default));
        Assert.Empty(Done(await models.InheritOwnersAsync(Actor.Local, "old", new ProjectId("nobody-knows"), isNew: true, default)).Owners);
        Assert.Equal(LicensingRefusal.NotAllowed, Refused(await models.InheritOwnersAsync(For(Customer), "new", customers, isNew: true, default)).Code);
    }

    [Fact]
    public async Task Parties_are_added_once_and_closed_for_good()
    {
        Party party = Done(await World.Room.Parties.AddAsync(Actor.Local, Seller, PartyKind.Commercialiser, " The seller ", ["assessor"], default));
        Assert.Equal("The seller", party.Name);
        Assert.Equivalent(party, await World.Room.Parties.FindAsync(Seller, default), strict: true);
        Assert.Equal(LicensingRefusal.Conflict, Refused(await World.Room.Parties.AddAsync(Actor.Local, Seller, PartyKind.Customer, "x", [], default)).Code);
        Done(await World.Room.Parties.CloseAsync(Actor.Local, Seller, default));
        Assert.Equal(LicensingRefusal.NotFound, Refused(await World.Room.Parties.CloseAsync(Actor.Local, Seller, default)).Code);
        Assert.Equal(LicensingRefusal.NotFound, Refused(await World.Room.Parties.AddAsync(For(Seller), Customer, PartyKind.Customer, "x", [], default)).Code);
        Assert.Equal(LicensingRefusal.Invalid, Refused(await World.Room.Parties.CloseAsync(Actor.Local, Lab, default)).Code);
    }

    [Fact]
    public async Task A_party_adds_its_customers_but_gives_nobody_a_class()
    {
        await World.AddPartiesAsync();
        Done(await World.Room.Parties.AddAsync(For(Seller), new PartyId("c2"), PartyKind.Customer, "x", [], default));
        Assert.Equal(LicensingRefusal.NotAllowed, Refused(await World.Room.Parties.AddAsync(For(Seller), new PartyId("c3"), PartyKind.Customer, "x", ["assessor"], default)).Code);
        Assert.Equal(LicensingRefusal.NotAllowed, Refused(await World.Room.Parties.SetClassesAsync(For(Seller), Seller, ["assessor"], default)).Code);
        Assert.Equal(LicensingRefusal.NotAllowed, Refused(await World.Room.Parties.AddAsync(For(Seller), new PartyId("c4"), PartyKind.Investor, "x", [], default)).Code);
    }

    [Fact]
    public async Task Shares_of_a_joint_project_add_up_to_the_whole()
    {
        await World.AddPartiesAsync();
        var id = new ProjectId("joint");
        Assert.Contains("9,999", Refused(await World.Room.Projects.AddAsync(Actor.Local, id, "j", [new OwnershipShare(Lab, 6000), new OwnershipShare(Seller, 3999)], null, default)).Reason, StringComparison.Ordinal);
        Assert.Equal(LicensingRefusal.Invalid, Refused(await World.Room.Projects.AddAsync(Actor.Local, id, "j", [new OwnershipShare(Lab, 5000), new OwnershipShare(Lab, 5000)], null, default)).Code);
        Assert.Equal(LicensingRefusal.NotAllowed, Refused(await World.Room.Projects.AddAsync(For(Seller), id, "j", [new OwnershipShare(Lab, 6000), new OwnershipShare(Seller, 4000)], null, default)).Code);
        Done(await World.Room.Projects.AddAsync(Actor.Local, id, "j", [new OwnershipShare(Lab, 6000), new OwnershipShare(Seller, 4000)], null, default));
        Done(await World.Room.Projects.ContributeAsync(For(Lab, PersonRoles.Finance), id, Seller, "1,000 device-hours", default));
        Done(await World.Room.Projects.SetOwnersAsync(Actor.Local, id, [new OwnershipShare(Seller, 10_000)], default));
        Project read = (await World.Room.Projects.FindAsync(id, default))!;
        Assert.Equal([new OwnershipShare(Seller, 10_000)], read.Owners);
        Assert.Equal("1,000 device-hours", Assert.Single(read.Contributions).Description);
    }

    [Fact]
    public async Task A_models_owners_share_its_income_and_use_it_freely()
    {
        await World.AddPartiesAsync();
        Done(await World.Room.Models.SetOwnersAsync(Actor.Local, "m", [new OwnershipShare(Lab, 7500), new OwnershipShare(Seller, 2500)], default));
        Assert.Equal([7500, 2500], World.Room.Entitlements.OwnersOf("m", Make.Digest).Select(o => o.BasisPoints));
        Assert.IsType<EntitlementDecision.Allowed>(World.Room.Entitlements.Decide(Make.Ask("seller")));
        Assert.Equal(LicensingRefusal.NotAllowed, Refused(await World.Room.Models.SetOwnersAsync(For(Seller), "m", [new OwnershipShare(Seller, 10_000)], default)).Code);
    }

    [Fact]
    public async Task A_hold_stops_at_once_and_only_safety_or_an_owner_role_releases_it()
    {
        await World.ChainAsync();
        IReadOnlyList<ModelPolicy> held = Done(await World.Room.Models.HoldAsync(For(Lab, PersonRoles.Operator), ["m", Make.Digest], "incident 7", default));
        Assert.All(held, m => Assert.Equal("incident 7", m.Hold));
        Assert.Equal(EntitlementRefusal.OnHold, Assert.IsType<EntitlementDecision.Refused>(World.Room.Entitlements.Decide(Make.Ask("customer"))).Code);
        Assert.Equal(LicensingRefusal.NotAllowed, Refused(await World.Room.Models.ReleaseAsync(For(Lab, PersonRoles.Operator), ["m", Make.Digest], "x", default)).Code);
        Assert.Equal(LicensingRefusal.NotAllowed, Refused(await World.Room.Models.ReleaseAsync(For(Seller, PersonRoles.SafetyOfficer), ["m"], "x", default)).Code);
        Done(await World.Room.Models.ReleaseAsync(For(Lab, PersonRoles.SafetyOfficer), ["m", Make.Digest], "closed", default));
        Assert.IsType<EntitlementDecision.Allowed>(World.Room.Entitlements.Decide(Make.Ask("customer")));
        Done(await World.Room.Models.RevokeAsync(For(Lab, PersonRoles.SafetyOfficer), [Make.Digest], "leak", default));
        Assert.Equal(EntitlementRefusal.Revoked, Assert.IsType<EntitlementDecision.Refused>(World.Room.Entitlements.Decide(Make.Ask("customer"))).Code);
        Assert.Equal(LicensingRefusal.Conflict, Refused(await World.Room.Models.SetStageAsync(Actor.Local, Make.Digest, ModelStage.Public, default)).Code);
        Assert.Equal(LicensingRefusal.Invalid, Refused(await World.Room.Models.HoldAsync(Actor.Local, ["*"], "x", default)).Code);
    }

    [Fact]
    public async Task Findings_and_events_move_the_licences_that_depend_on_them()
    {
        await World.AddPartiesAsync();
        await World.GrantAsync(Lab, Seller, Make.Terms() with { Conditions = [new GrantCondition.Finding("agi", Present: false), new GrantCondition.Event("audit", Happened: true)] });
        Assert.IsType<EntitlementDecision.Refused>(World.Room.Entitlements.Decide(Make.Ask("seller")));
        Done(await World.Room.Facts.RecordEventAsync(Actor.Local, "audit", default));
        Assert.IsType<EntitlementDecision.Allowed>(World.Room.Entitlements.Decide(Make.Ask("seller")));
        Done(await World.Room.Facts.RecordFindingAsync(Actor.Local, "agi", "*", default));
        Assert.IsType<EntitlementDecision.Refused>(World.Room.Entitlements.Decide(Make.Ask("seller")));
        Done(await World.Room.Facts.WithdrawFindingAsync(Actor.Local, "agi", "*", "wrong", default));
        Assert.IsType<EntitlementDecision.Allowed>(World.Room.Entitlements.Decide(Make.Ask("seller")));
    }

    [Fact]
    public async Task Every_change_leaves_an_audit_entry()
    {
        Grant[] chain = await World.ChainAsync();
        Done(await World.Room.Grants.SuspendAsync(For(Lab), chain[0].Id, "unpaid", default));
        AuditEntry last = (await World.Room.Audit.ListAsync(null, chain[0].Id.Value, null, 10, default))[0];
        Assert.Equal(("grant.suspend", "lab-person", "unpaid", Lab), (last.Action, last.Actor, last.Reason, last.Party!.Value));
        Assert.NotEqual(last.Before, last.After);
        Assert.Equal(Make.Now, last.At);
        Assert.Equal(["grant.suspend", "grant.sign", "grant.offer"], (await World.Room.Audit.ListAsync(null, chain[0].Id.Value, null, 10, default)).Select(e => e.Action));
    }

    [Fact]
    public async Task Changes_elsewhere_are_entered_with_what_was_asked_and_bound_to_the_others()
    {
        await World.AddPartiesAsync();
        await World.Room.Audit.AppendAsync(For(Seller, PersonRoles.Finance), "invoice.pay", "invoice_1", """{"amount":"1.00"}""", null, default);
        await World.Room.Audit.AppendAsync(Actor.Local, "invoice.pay", "invoice_2", null, "why", default);
        AuditEntry entry = Assert.Single(await World.Room.Audit.ListAsync(null, null, Seller, 10, default));
        Assert.Equal(("invoice.pay", "invoice_1", """{"amount":"1.00"}""", Make.Now), (entry.Action, entry.Subject, entry.Asked, entry.At));
        Assert.Null(await World.Room.Audit.VerifyAsync(default));
        foreach (string asked in new[] { """'{"amount":"9.00"}'""", "NULL", "''" })
        {
            string was = $"UPDATE audit_entries SET asked = '{entry.Asked}' WHERE sequence = {entry.Sequence}";
            await World.Database.WriteAsync(transaction => transaction.Execute($"UPDATE audit_entries SET asked = {asked} WHERE sequence = {entry.Sequence}"), default);
            Assert.Equal(entry.Sequence, await World.Room.Audit.VerifyAsync(default));
            await World.Database.WriteAsync(transaction => transaction.Execute(was), default);
            Assert.Null(await World.Room.Audit.VerifyAsync(default));
        }
    }

    [Fact]
    public async Task Another_process_follows_at_its_next_look_and_waiters_wake()
    {
        Grant[] chain = await World.ChainAsync();
        LazuliDatabase second = World.OpenAgain();
        var other = new LicensingRoom(second, World.Time);
        Assert.IsType<EntitlementDecision.Allowed>(other.Entitlements.Decide(Make.Ask("customer")));
        Task waiting = other.Entitlements.WaitForChangeAsync(other.Entitlements.Epoch, default);
        Done(await World.Room.Grants.SuspendAsync(For(Lab), chain[0].Id, "unpaid", default));
        Assert.False(waiting.IsCompleted);
        await other.Entitlements.RefreshAsync(default);
        await waiting.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.IsType<EntitlementDecision.Refused>(other.Entitlements.Decide(Make.Ask("customer")));
        Assert.Equal(World.Room.Entitlements.Epoch, other.Entitlements.Epoch);
    }

    [Fact]
    public async Task The_end_of_a_term_counts_as_a_change_once()
    {
        await World.ChainAsync();
        long epoch = World.Room.Entitlements.Epoch;
        LazuliDatabase second = World.OpenAgain();
        var other = new LicensingRoom(second, World.Time);
        Assert.Equal(epoch, other.Entitlements.Epoch);
        Task waiting = other.Entitlements.WaitForChangeAsync(epoch, default);
        World.Time.Advance(TimeSpan.FromDays(30));
        await World.Room.Entitlements.RefreshAsync(default);
        await other.Entitlements.RefreshAsync(default);
        await other.Entitlements.RefreshAsync(default);
        await waiting.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(epoch + 1, other.Entitlements.Epoch);
        Assert.Equal(epoch + 1, World.Room.Entitlements.Epoch);
        Assert.Equal(EntitlementRefusal.OutsideTerm, Assert.IsType<EntitlementDecision.Refused>(other.Entitlements.Decide(Make.Ask("customer"))).Code);
    }
}

/// <summary>And what the database has no part in.</summary>
public sealed class LicensingStoreOnSqliteTests() : LicensingStoreSpec(DatabaseKind.Sqlite)
{
    [Theory]
    [InlineData("")]
    [InlineData("Acme")]
    [InlineData("-a")]
    [InlineData("a\n")]
    [InlineData("abcdefghijabcdefghijabcdefghijabcdefghijk")]
    public async Task Party_ids_of_a_wrong_form_are_refused(string id) =>
        Assert.Equal(LicensingRefusal.Invalid, Refused(await World.Room.Parties.AddAsync(Actor.Local, new PartyId(id), PartyKind.Customer, "x", [], default)).Code);

    [Theory]
    [InlineData("UPDATE audit_entries SET reason = 'paid' WHERE sequence = 5", 5)]
    [InlineData("UPDATE audit_entries SET actor = 'somebody' WHERE sequence = 1", 1)]
    [InlineData("UPDATE audit_entries SET at = '2026-11-23T12:00:01.0000000Z' WHERE sequence = 3", 3)]
    [InlineData("UPDATE audit_entries SET after_digest = before_digest WHERE sequence = 4", 4)]
    [InlineData("UPDATE audit_entries SET digest = 'x' WHERE sequence = 2", 2)]
    [InlineData("DELETE FROM audit_entries WHERE sequence = 5", 5)]
    [InlineData("UPDATE audit_entries SET sequence = 100 WHERE sequence = 6", 6)]
    public async Task Tampering_with_the_audit_entries_is_found_where_it_is(string tamper, long at)
    {
        await World.ChainAsync();
        Assert.Null(await World.Room.Audit.VerifyAsync(default));
        Assert.Equal(1, await World.Database.WriteAsync(transaction => transaction.Execute(tamper), default));
        Assert.Equal(at, await World.Room.Audit.VerifyAsync(default));
    }
}

/// <summary>And what holds where several nodes serve.</summary>
public sealed class LicensingStoreOnPostgresTests() : LicensingStoreSpec(DatabaseKind.Postgres)
{
    [Fact]
    public async Task A_node_that_has_not_read_the_epoch_for_four_seconds_refuses_everything_until_it_has()
    {
        await World.ChainAsync();
        await World.Room.Entitlements.RefreshAsync(default);
        Task waiting = World.Room.Entitlements.WaitForChangeAsync(World.Room.Entitlements.Epoch, default);
        World.Time.Advance(TimeSpan.FromSeconds(4));
        Assert.IsType<EntitlementDecision.Allowed>(World.Room.Entitlements.Decide(Make.Ask("customer")));
        World.Time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(EntitlementRefusal.Unavailable, Assert.IsType<EntitlementDecision.Refused>(World.Room.Entitlements.Decide(Make.Ask("customer"))).Code);
        await waiting.WaitAsync(TimeSpan.FromSeconds(10));
        await World.Room.Entitlements.RefreshAsync(default);
        Assert.IsType<EntitlementDecision.Allowed>(World.Room.Entitlements.Decide(Make.Ask("customer")));
    }
}
