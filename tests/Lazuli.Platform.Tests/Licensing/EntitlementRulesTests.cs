using Lazuli.Contracts;
using Lazuli.Licensing;

namespace Lazuli.Platform.Tests;

public sealed class EntitlementRulesTests
{
    [Fact]
    public void Allows_along_a_chain_and_names_it_from_the_owner_down()
    {
        var allowed = Assert.IsType<EntitlementDecision.Allowed>(Make.Chain().Decide(Make.Ask("customer")));
        Assert.Equal(["g1", "g2", "g3"], allowed.GrantChain.Select(g => g.Value));
        Assert.Equal(["lab", "seller", "partner"], allowed.Licensors.Select(p => p.Value));
        Assert.Equal(7, allowed.Epoch);
    }

    [Fact]
    public void An_owner_needs_no_licence_at_any_stage()
    {
        LicensingFacts facts = Make.Chain() with { Models = [] };
        Assert.Empty(Assert.IsType<EntitlementDecision.Allowed>(facts.Decide(Make.Ask("lab"))).GrantChain);
    }

    [Fact]
    public void A_model_of_which_nothing_is_said_is_internal()
    {
        EntitlementDecision.Refused refused = (Make.Chain() with { Models = [] }).Refusal(Make.Ask("seller"));
        Assert.Equal(EntitlementRefusal.StageTooLow, refused.Code);
        Assert.Contains("'internal'", refused.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_has_no_licence_is_refused()
    {
        Assert.Equal(EntitlementRefusal.NoGrant, Make.Chain().Refusal(Make.Ask("stranger")).Code);
        Assert.Equal(EntitlementRefusal.UnknownParty, Make.Chain().Refusal(Make.Ask("nobody")).Code);
        Assert.Equal(EntitlementRefusal.UnknownParty, Make.Chain().Refusal(Make.Ask("customer") with { Project = new ProjectId("lab-project") }).Code);
        Assert.Equal(EntitlementRefusal.UnknownParty, Make.Chain().Refusal(Make.Ask("public")).Code);
    }

    [Fact]
    public void A_closed_party_ends_the_chain_through_it()
    {
        LicensingFacts facts = Make.Chain();
        facts = facts with { Parties = [.. facts.Parties.Select(p => p.Id.Value == "seller" ? p with { ClosedAt = Make.Now } : p)] };
        Assert.False(facts.Allows(Make.Ask("customer")));
        Assert.Equal(EntitlementRefusal.UnknownParty, facts.Refusal(Make.Ask("seller")).Code);
    }

    [Fact]
    public void Names_the_failing_clause_of_the_askers_own_licence()
    {
        EntitlementDecision.Refused refused = Make.Chain().WithTerms("g3", t => t with { Fields = ["support"] }).Refusal(Make.Ask("customer", field: "law"));
        Assert.Equal(EntitlementRefusal.FieldNotCovered, refused.Code);
        Assert.Equal("Your licence g3 from 'partner' is for the field of use 'support'; 'law' lies outside.", refused.Reason);
    }

    [Fact]
    public void Tells_nothing_of_clauses_above()
    {
        EntitlementDecision.Refused refused = Make.Chain().WithTerms("g1", t => t with { Fields = ["support"] }).Refusal(Make.Ask("customer", field: "law"));
        Assert.Equal(EntitlementRefusal.FieldNotCovered, refused.Code);
        Assert.Equal("A licence above yours does not allow this.", refused.Reason);
    }

    [Theory]
    [InlineData("g1")]
    [InlineData("g2")]
    [InlineData("g3")]
    public void Suspending_a_link_refuses_everything_below(string link)
    {
        LicensingFacts facts = Make.Chain().With(link, g => g with { State = GrantState.Suspended, StateReason = "unpaid" });
        string[] parties = ["seller", "partner", "customer"];
        int at = link[1] - '1';
        Assert.Equal(parties[at..].Select(_ => EntitlementRefusal.GrantSuspended), parties[at..].Select(p => facts.Refusal(Make.Ask(p)).Code));
        Assert.All(parties[..at], p => Assert.True(facts.Allows(Make.Ask(p))));
    }

    [Fact]
    public void A_hold_or_revocation_of_name_or_version_stops_everybody()
    {
        foreach (string subject in new[] { "m", Make.Digest })
        {
            LicensingFacts held = Make.Chain() with { Models = [Make.Model("m") with { Hold = subject == "m" ? "x" : null }, Make.Model(Make.Digest) with { Hold = subject == "m" ? null : "x" }] };
            Assert.Equal(EntitlementRefusal.OnHold, held.Refusal(Make.Ask("customer")).Code);
            Assert.Equal(EntitlementRefusal.OnHold, held.Refusal(Make.Ask("lab")).Code);
        }

        LicensingFacts revoked = Make.Chain() with { Models = [Make.Model("m") with { Revocation = "bad", Hold = "x" }] };
        Assert.Equal(EntitlementRefusal.Revoked, revoked.Refusal(Make.Ask("lab")).Code);
    }

    [Fact]
    public void What_is_said_of_a_version_goes_before_what_is_said_of_its_name()
    {
        LicensingFacts facts = Make.Chain() with { Models = [Make.Model("m"), Make.Model(Make.Digest, ModelStage.Internal)] };
        Assert.Equal(EntitlementRefusal.StageTooLow, facts.Refusal(Make.Ask("customer")).Code);
    }

    [Fact]
    public void Each_stage_reaches_whom_it_should()
    {
        LicensingFacts facts = Make.Chain();
        facts = facts with
        {
            Parties = [.. facts.Parties, Make.Party("tester", "assessor")],
            Projects = [.. facts.Projects, Make.ProjectOf("tester")],
            Grants =
            [
                .. facts.Grants.Select(g => g with { Terms = g.Terms with { Rights = g.Terms.Rights | UseRight.ReceiveWeights } }),
                Make.Grant("g4", "lab", "tester"),
                Make.Grant("g5", "lab", "public"),
            ],
        };
        string Reached(ModelStage stage) => string.Join(' ', new[] { "tester", "seller", "customer", "stranger" }
            .Where(p => (facts with { Models = [Make.Model("m", stage)] }).Allows(Make.Ask(p))));
        Assert.Equal("", Reached(ModelStage.Internal));
        Assert.Equal("tester", Reached(ModelStage.Assessors));
        Assert.Equal("tester seller", Reached(ModelStage.PreviewPartners));
        Assert.Equal("tester seller customer", Reached(ModelStage.Commercial));
        Assert.Equal("tester seller customer", Reached(ModelStage.WeightsToLicensee));
        Assert.Equal("tester seller customer stranger", Reached(ModelStage.Public));
        Assert.Equal(EntitlementRefusal.StageTooLow, (facts with { Models = [Make.Model("m", ModelStage.Commercial)] }).Refusal(Make.Ask("seller", UseRight.ReceiveWeights)).Code);
        Assert.True((facts with { Models = [Make.Model("m", ModelStage.WeightsToLicensee)] }).Allows(Make.Ask("seller", UseRight.ReceiveWeights)));
    }

    [Fact]
    public void A_right_needs_its_kind_of_technology()
    {
        LicensingFacts facts = Make.Chain().WithTerms("g1", t => t with { Assets = AssetClasses.Api, Rights = UseRight.Use | UseRight.ReceiveWeights | UseRight.FineTune }) with { Models = [Make.Model("m", ModelStage.Public)] };
        Assert.True(facts.Allows(Make.Ask("seller")));
        Assert.Equal(EntitlementRefusal.RightNotGranted, facts.Refusal(Make.Ask("seller", UseRight.ReceiveWeights)).Code);
        Assert.Equal(EntitlementRefusal.RightNotGranted, facts.Refusal(Make.Ask("seller", UseRight.FineTune)).Code);
        Assert.Equal(EntitlementRefusal.RightNotGranted, facts.Refusal(Make.Ask("seller", UseRight.None)).Code);
        Assert.Equal(EntitlementRefusal.RightNotGranted, facts.Refusal(Make.Ask("lab", UseRight.Use | UseRight.Serve)).Code);
    }

    [Fact]
    public void A_term_begins_with_its_first_instant_and_ends_before_its_last()
    {
        LicensingFacts facts = Make.Chain();
        DateTimeOffset from = Make.Terms().From;
        DateTimeOffset until = Make.Terms().Until!.Value;
        Assert.True(facts.Allows(Make.Ask("customer"), from));
        Assert.True(facts.Allows(Make.Ask("customer"), until.AddTicks(-1)));
        Assert.Equal(EntitlementRefusal.OutsideTerm, facts.Refusal(Make.Ask("customer"), from.AddTicks(-1)).Code);
        Assert.Equal("Your licence g3 from 'partner' was over on 2026-12-23 12:00 UTC.", facts.Refusal(Make.Ask("customer"), until).Reason);
    }

    [Fact]
    public void Conditions_hold_only_when_known_to()
    {
        LicensingFacts With(GrantCondition condition) => Make.Chain().WithTerms("g1", t => t with { Conditions = [condition] });
        EntitlementQuestion ask = Make.Ask("customer");
        Assert.False(With(new GrantCondition.ComputeAtMost(1e25)).Allows(ask)); // unknown compute
        Assert.True((With(new GrantCondition.ComputeAtMost(1e25)) with { Models = [Make.Model("m") with { TrainingFlop = 1e25 }] }).Allows(ask));
        Assert.False((With(new GrantCondition.ComputeAtMost(1e25)) with { Models = [Make.Model("m") with { TrainingFlop = 1.1e25 }] }).Allows(ask));
        Assert.True(With(new GrantCondition.Finding("agi", Present: false)).Allows(ask));
        Assert.False(With(new GrantCondition.Finding("agi", Present: true)).Allows(ask));
        foreach (string subject in new[] { "m", Make.Digest, "*" })
        {
            Assert.False((With(new GrantCondition.Finding("agi", Present: false)) with { Findings = [new CapabilityFinding("agi", subject, Make.Now)] }).Allows(ask));
        }

        Assert.True((With(new GrantCondition.Finding("agi", Present: false)) with { Findings = [new CapabilityFinding("agi", "other", Make.Now)] }).Allows(ask));
        Assert.False((With(new GrantCondition.Event("merger", Happened: false)) with { Events = [new LicensingEvent("merger", Make.Now)] }).Allows(ask));
        Assert.False(With(new GrantCondition.Event("audit", Happened: true)).Allows(ask));
        Assert.False(With(new GrantCondition.Before(Make.Now)).Allows(ask));
        Assert.True(With(new GrantCondition.NotBefore(Make.Now)).Allows(ask));
        Assert.Equal(EntitlementRefusal.ConditionNotMet, With(new GrantCondition.NotBefore(Make.Now.AddTicks(1))).Refusal(ask).Code);
    }

    [Fact]
    public void A_customer_class_is_asked_of_the_asking_party_at_every_link()
    {
        LicensingFacts facts = Make.Chain().WithTerms("g1", t => t with { CustomerClasses = ["defence"] });
        Assert.Equal(EntitlementRefusal.ConditionNotMet, facts.Refusal(Make.Ask("customer")).Code);
        facts = facts with { Parties = [.. facts.Parties.Select(p => p.Id.Value == "customer" ? p with { Classes = ["defence"] } : p)] };
        Assert.True(facts.Allows(Make.Ask("customer")));
        Assert.False(facts.Allows(Make.Ask("seller")));
    }

    [Fact]
    public void A_question_without_a_field_takes_the_projects_or_one_that_the_whole_chain_shares()
    {
        LicensingFacts facts = Make.Chain().WithTerms("g1", t => t with { Fields = ["law", "support"] }).WithTerms("g2", t => t with { Fields = ["support"] }).WithTerms("g3", t => t with { Fields = ["support"] });
        Assert.True(facts.Allows(Make.Ask("customer")));
        Assert.False((facts with { Projects = [Make.ProjectOf("customer", "law")] }).Allows(Make.Ask("customer")));
        Assert.True((facts with { Projects = [Make.ProjectOf("customer", "law")] }).Allows(Make.Ask("customer", field: "support")));
        Assert.Equal(EntitlementRefusal.FieldNotCovered, facts.WithTerms("g3", t => t with { Fields = ["law"] }).Refusal(Make.Ask("customer")).Code);
    }

    [Fact]
    public void Of_several_licences_the_first_that_allows_decides_and_else_the_nearest_gives_the_reason()
    {
        LicensingFacts facts = Make.Chain();
        facts = facts with { Grants = [Make.Grant("g0", "lab", "customer", Make.Terms() with { Models = ["other"] }), .. facts.Grants, Make.Grant("g9", "lab", "customer")] };
        Assert.Equal("g3", Assert.IsType<EntitlementDecision.Allowed>(facts.Decide(Make.Ask("customer"))).GrantChain[^1].Value);
        facts = facts.With("g3", g => g with { State = GrantState.Ended }).WithTerms("g9", t => t with { Fields = ["law"] });
        Assert.Equal(EntitlementRefusal.GrantSuspended, facts.Refusal(Make.Ask("customer", field: "support")).Code);
    }

    [Fact]
    public void Broken_chains_allow_nothing()
    {
        LicensingFacts facts = Make.Chain();
        LicensingFacts[] broken =
        [
            facts.With("g3", g => g with { Parent = new GrantId("gone") }),
            facts.With("g3", g => g with { Licensor = new PartyId("stranger") }),
            facts.WithTerms("g2", t => t with { Rights = UseRight.Use }),
            facts.WithTerms("g1", t => t with { SublicenseDepth = 1 }),
            facts.With("g1", g => g with { Parent = new GrantId("g3"), Licensor = new PartyId("customer") }),
            facts.With("g1", g => g with { Licensor = new PartyId("stranger") }),
            facts with { Models = [Make.Model("m") with { Owners = [new OwnershipShare(new PartyId("stranger"), 10_000)] }] },
        ];
        Assert.All(broken, b => Assert.Equal(EntitlementRefusal.NoGrant, b.Refusal(Make.Ask("customer")).Code));
    }

    [Fact]
    public void All_owners_use_a_joint_model_and_the_first_licenses_it()
    {
        LicensingFacts facts = Make.Chain() with { Models = [Make.Model("m") with { Owners = [new OwnershipShare(new PartyId("lab"), 6000), new OwnershipShare(new PartyId("stranger"), 4000)] }] };
        Assert.True(facts.Allows(Make.Ask("stranger")));
        Assert.True(facts.Allows(Make.Ask("customer")));
    }
}
