using Lazuli.Contracts;
using Lazuli.Storage;
using static Lazuli.Platform.Tests.LicensingWorld;

namespace Lazuli.Platform.Tests;

/// <summary>What must hold on every database.</summary>
public abstract class CommitmentSpec(DatabaseKind kind) : IAsyncLifetime
{
    private static readonly PartyId s_azure = new("azure");
    private static readonly PartyId s_other = new("other-cloud");
    private static readonly CommitmentTerms s_terms = new() { Provider = s_azure, Covers = ComputeUse.Train | ComputeUse.Run, Exclusive = true, From = Make.Now.AddDays(-1), Until = Make.Now.AddDays(10), CommittedSpend = new Money(5, new Currency("EUR")) };

    private LicensingWorld _world = null!;

    private IComputeCommitments Commitments => _world.Room.Commitments;

    public async ValueTask InitializeAsync()
    {
        _world = await LicensingWorld.OpenAsync(kind);
        Done(await _world.Room.Parties.AddAsync(Actor.Local, s_azure, PartyKind.Provider, "Azure", [], default));
        Done(await _world.Room.Parties.AddAsync(Actor.Local, s_other, PartyKind.Provider, "Other", [], default));
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
    public async Task An_exclusive_commitment_binds_jobs_and_deployments_and_calls_of_its_models_within_its_term()
    {
        await _world.ChainAsync();
        ComputeCommitment made = Done(await Commitments.MakeAsync(For(Lab, PersonRoles.Finance), Lab, s_terms, default));
        Assert.Equivalent(made, Assert.Single(await Commitments.ListAsync(default)), strict: true);
        Assert.True(Commitments.Check(Place(Lab, ComputeUse.Train, s_azure)).IsAllowed);
        Assert.Contains("exclusively with 'azure'", Assert.Single(Commitments.Check(Place(Lab, ComputeUse.Train, s_other)).Reasons), StringComparison.Ordinal);
        Assert.False(Commitments.Check(Place(Lab, ComputeUse.Run, null)).IsAllowed);
        Assert.False(Commitments.Check(Place(Seller, ComputeUse.Run, s_other) with { ModelName = "m" }).IsAllowed);
        Assert.True(Commitments.Check(Place(Seller, ComputeUse.Run, s_other)).IsAllowed);
        Assert.IsType<EntitlementDecision.Allowed>(_world.Room.Entitlements.Decide(Make.Ask("customer") with { Provider = s_azure }));
        var refused = Assert.IsType<EntitlementDecision.Refused>(_world.Room.Entitlements.Decide(Make.Ask("customer") with { Provider = s_other }));
        Assert.Equal(EntitlementRefusal.ProviderNotCommitted, refused.Code);
        Assert.DoesNotContain("azure", refused.Reason, StringComparison.Ordinal);
        refused = Assert.IsType<EntitlementDecision.Refused>(_world.Room.Entitlements.Decide(Make.Ask("lab") with { Project = new ProjectId("default"), Provider = s_other }));
        Assert.Contains(made.Id, refused.Reason, StringComparison.Ordinal);
        _world.Time.Advance(TimeSpan.FromDays(10));
        Assert.True(Commitments.Check(Place(Lab, ComputeUse.Train, s_other)).IsAllowed);
    }

    [Fact]
    public async Task Exceptions_go_anywhere_and_a_preference_only_advises()
    {
        Done(await Commitments.MakeAsync(Actor.Local, Lab, s_terms with { ExceptedModels = ["m"], ExceptedProjects = [new ProjectId("default")], ExceptedProviders = [s_other] }, default));
        Assert.True(Commitments.Check(Place(Lab, ComputeUse.Train, s_other)).IsAllowed);
        Assert.True(Commitments.Check(Place(Lab, ComputeUse.Train, null) with { ModelName = "m" }).IsAllowed);
        Assert.True(Commitments.Check(Place(Lab, ComputeUse.Train, null) with { Project = new ProjectId("default") }).IsAllowed);
        Assert.False(Commitments.Check(Place(Lab, ComputeUse.Train, null)).IsAllowed);
        Done(await Commitments.MakeAsync(Actor.Local, Lab, s_terms with { Provider = s_other, Exclusive = false }, default));
        PlacementDecision decision = Commitments.Check(Place(Lab, ComputeUse.Run, s_azure));
        Assert.True(decision.IsAllowed);
        Assert.Contains("prefers 'other-cloud'", Assert.Single(decision.Reasons), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_promises_that_cannot_both_be_kept_are_refused_and_the_provider_alone_lets_go()
    {
        ComputeCommitment made = Done(await Commitments.MakeAsync(Actor.Local, Lab, s_terms, default));
        Assert.Contains(made.Id, Refused(await Commitments.MakeAsync(Actor.Local, Lab, s_terms with { Provider = s_other }, default)).Reason, StringComparison.Ordinal);
        Done(await Commitments.MakeAsync(Actor.Local, Lab, s_terms with { Provider = s_other, From = s_terms.Until!.Value, Until = null }, default));
        Assert.Equal(LicensingRefusal.NotAllowed, Refused(await Commitments.EndAsync(For(Lab), made.Id, "x", default)).Code);
        Assert.Equal(LicensingRefusal.NotAllowed, Refused(await Commitments.MakeAsync(For(Lab, PersonRoles.Operator), Lab, s_terms, default)).Code);
        Done(await Commitments.EndAsync(For(s_azure), made.Id, "agreed", default));
        Assert.True(Commitments.Check(Place(Lab, ComputeUse.Train, s_other)).IsAllowed);
    }

    [Fact]
    public async Task Wrong_terms_are_refused()
    {
        foreach (CommitmentTerms wrong in new[]
        {
            s_terms with { Covers = ComputeUse.None }, s_terms with { Covers = (ComputeUse)8 }, s_terms with { Until = s_terms.From }, s_terms with { CommittedSpend = new Money(0, new Currency("EUR")) },
            s_terms with { CommittedSpend = new Money(1, new Currency("euro")) }, s_terms with { CommittedSpend = new Money(1, default) }, s_terms with { Provider = PartyId.Public }, s_terms with { ExceptedModels = [""] },
        })
        {
            Assert.Equal(LicensingRefusal.Invalid, Refused(await Commitments.MakeAsync(Actor.Local, Lab, wrong, default)).Code);
        }

        Assert.Equal(LicensingRefusal.NotFound, Refused(await Commitments.MakeAsync(Actor.Local, Lab, s_terms with { Provider = new PartyId("nobody") }, default)).Code);
    }

    private static ComputePlacement Place(PartyId party, ComputeUse use, PartyId? provider) => new() { Party = party, Use = use, Provider = provider };
}

public sealed class CommitmentOnSqliteTests() : CommitmentSpec(DatabaseKind.Sqlite);

public sealed class CommitmentOnPostgresTests() : CommitmentSpec(DatabaseKind.Postgres);
