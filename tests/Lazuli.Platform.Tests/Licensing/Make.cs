using Lazuli.Contracts;
using Lazuli.Licensing;

namespace Lazuli.Platform.Tests;

/// <summary>Facts to decide on.</summary>
internal static class Make
{
    public static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    public const string Digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    public static Party Party(string id, params string[] classes) =>
        new() { Id = new PartyId(id), Kind = id == "public" ? PartyKind.Public : PartyKind.Customer, Name = id, Classes = classes, CreatedAt = Now.AddYears(-1) };

    public static Project ProjectOf(string party, string? field = null) =>
        new() { Id = new ProjectId(party + "-project"), Name = party, Owners = [new OwnershipShare(new PartyId(party), OwnershipShare.Whole)], FieldOfUse = field, CreatedAt = Now.AddYears(-1) };

    public static GrantTerms Terms() => new()
    {
        Models = ["m"],
        Assets = AssetClasses.All,
        Rights = UseRight.Use | UseRight.Serve,
        From = Now.AddDays(-30),
        Until = Now.AddDays(30),
    };

    /// <summary>Terms that allow a number of licences below.</summary>
    public static GrantTerms Terms(int depth) => Terms() with { Rights = Terms().Rights | (depth > 0 ? UseRight.Sublicense : UseRight.None), SublicenseDepth = depth };

    public static Grant Grant(string id, string from, string to, GrantTerms? terms = null, string? parent = null) => new()
    {
        Id = new GrantId(id),
        Licensor = new PartyId(from),
        Licensee = new PartyId(to),
        Parent = parent is null ? null : new GrantId(parent),
        Terms = terms ?? Terms(),
        State = GrantState.Active,
        OfferedAt = Now.AddDays(-31),
        SignedAt = Now.AddDays(-30),
    };

    public static ModelPolicy Model(string subject, ModelStage? stage = ModelStage.Commercial) => new() { Subject = subject, Stage = stage };

    /// <summary>lab → seller → partner → customer over model <c>m</c>, which is commercial.</summary>
    public static LicensingFacts Chain() => new()
    {
        Epoch = 7,
        Parties = [Party("lab"), Party("seller"), Party("partner"), Party("customer"), Party("stranger"), Party("public")],
        Projects = [ProjectOf("lab"), ProjectOf("seller"), ProjectOf("partner"), ProjectOf("customer"), ProjectOf("stranger")],
        Grants =
        [
            Grant("g1", "lab", "seller", Terms(2)),
            Grant("g2", "seller", "partner", Terms(1), "g1"),
            Grant("g3", "partner", "customer", Terms(0), "g2"),
        ],
        Models = [Model("m")],
    };

    public static LicensingFacts With(this LicensingFacts facts, string grant, Func<Grant, Grant> change) =>
        facts with { Grants = [.. facts.Grants.Select(g => g.Id.Value == grant ? change(g) : g)] };

    public static LicensingFacts WithTerms(this LicensingFacts facts, string grant, Func<GrantTerms, GrantTerms> change) =>
        facts.With(grant, g => g with { Terms = change(g.Terms) });

    public static EntitlementQuestion Ask(string party, UseRight right = UseRight.Use, string? field = null) => new()
    {
        Party = new PartyId(party),
        Project = new ProjectId(party + "-project"),
        ModelName = "m",
        ModelDigest = Digest,
        Right = right,
        FieldOfUse = field,
    };

    public static EntitlementDecision Decide(this LicensingFacts facts, EntitlementQuestion question, DateTimeOffset? now = null) =>
        EntitlementRules.Decide(new CompiledFacts(facts), question, now ?? Now);

    public static EntitlementDecision.Refused Refusal(this LicensingFacts facts, EntitlementQuestion question, DateTimeOffset? now = null) =>
        Assert.IsType<EntitlementDecision.Refused>(facts.Decide(question, now));

    public static bool Allows(this LicensingFacts facts, EntitlementQuestion question, DateTimeOffset? now = null) =>
        facts.Decide(question, now) is EntitlementDecision.Allowed;
}
