using System.Diagnostics;
using System.Globalization;
using Lazuli.Contracts;

namespace Lazuli.Licensing;

/// <summary>Times licence decisions on facts in memory, as the request path makes them.</summary>
public static class DecisionBenchmark
{
    private const int Windows = 15;
    private static readonly DateTimeOffset s_now = new(2026, 1, 15, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Decides for the last party of a chain, allowed and refused in turn, beside other parties' chains of the same length.</summary>
    /// <param name="links">Licences from the model's owner to the asking party, 1 to 16.</param>
    /// <param name="otherChains">How many other chains there are.</param>
    /// <param name="decisionsPerWindow">Decisions timed together; the median of 15 windows is answered.</param>
    public static DecisionTiming Measure(int links, int otherChains, int decisionsPerWindow)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(links, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(links, GrantRules.DeepestChain);
        ArgumentOutOfRangeException.ThrowIfLessThan(decisionsPerWindow, 1);
        var facts = new CompiledFacts(Facts(links, otherChains));
        string asker = Name(0, links);
        EntitlementQuestion allowed = Question(asker, "customer-support");
        EntitlementQuestion refused = Question(asker, "law");
        if (EntitlementRules.Decide(facts, allowed, s_now) is not EntitlementDecision.Allowed || EntitlementRules.Decide(facts, refused, s_now) is not EntitlementDecision.Refused)
        {
            throw new InvalidOperationException("The benchmark's own facts do not decide as they should.");
        }

        return new DecisionTiming(Time(facts, allowed, decisionsPerWindow), Time(facts, refused, decisionsPerWindow));
    }

    private static DecisionTime Time(CompiledFacts facts, EntitlementQuestion question, int decisions)
    {
        var nanoseconds = new double[Windows];
        long bytes = 0;
        for (int window = -2; window < Windows; window++)
        {
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < decisions; i++)
            {
                EntitlementRules.Decide(facts, question, s_now);
            }

            if (window >= 0) // the first two warm up
            {
                nanoseconds[window] = Stopwatch.GetElapsedTime(start).TotalNanoseconds / decisions;
                bytes = (GC.GetAllocatedBytesForCurrentThread() - allocated) / decisions;
            }
        }

        Array.Sort(nanoseconds);
        return new DecisionTime(nanoseconds[Windows / 2], bytes);
    }

    private static LicensingFacts Facts(int links, int otherChains)
    {
        var parties = new List<Party> { Party(BuiltInParties.Lab.Value) };
        var projects = new List<Project>();
        var grants = new List<Grant>();
        for (int chain = 0; chain <= otherChains; chain++)
        {
            for (int link = 1; link <= links; link++)
            {
                string party = Name(chain, link);
                parties.Add(Party(party));
                projects.Add(new Project { Id = new ProjectId(party), Name = party, Owners = [new OwnershipShare(new PartyId(party), OwnershipShare.Whole)], CreatedAt = s_now });
                grants.Add(Grant(chain, link, links));
            }
        }

        return new LicensingFacts { Epoch = 1, Parties = parties, Projects = projects, Grants = grants, Models = [new ModelPolicy { Subject = "model", Stage = ModelStage.Commercial, TrainingFlop = 1e20 }] };
    }

    private static Grant Grant(int chain, int link, int links) => new()
    {
        Id = new GrantId("grant-" + Name(chain, link)),
        Licensor = link == 1 ? BuiltInParties.Lab : new PartyId(Name(chain, link - 1)),
        Licensee = new PartyId(Name(chain, link)),
        Parent = link == 1 ? null : new GrantId("grant-" + Name(chain, link - 1)),
        Terms = new GrantTerms
        {
            Models = ["other-model", "model"],
            Assets = AssetClasses.Api,
            Rights = UseRight.Use | UseRight.Resell | (link < links ? UseRight.Sublicense : UseRight.None),
            Fields = ["customer-support", "education"],
            From = s_now.AddDays(-1),
            Until = s_now.AddDays(1),
            Restrictions = ["weapons", "surveillance"],
            Conditions = [new GrantCondition.ComputeAtMost(1e25), new GrantCondition.Finding("agi", Present: false)],
            SublicenseDepth = links - link,
        },
        State = GrantState.Active,
        OfferedAt = s_now,
        SignedAt = s_now,
    };

    private static Party Party(string id) => new() { Id = new PartyId(id), Kind = PartyKind.Partner, Name = id, CreatedAt = s_now };

    private static string Name(int chain, int link) => string.Create(CultureInfo.InvariantCulture, $"party-{chain}-{link}");

    private static EntitlementQuestion Question(string party, string field) => new()
    {
        Party = new PartyId(party),
        Project = new ProjectId(party),
        ModelName = "model",
        ModelDigest = "sha256:" + new string('7', 64),
        Right = UseRight.Use,
        FieldOfUse = field,
    };
}
