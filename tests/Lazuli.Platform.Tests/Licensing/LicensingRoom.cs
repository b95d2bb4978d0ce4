using Lazuli.Contracts;
using Lazuli.Licensing;
using Lazuli.Storage;

namespace Lazuli.Platform.Tests;

/// <summary>The room's parts over one database: what one process has.</summary>
internal sealed class LicensingRoom
{
    public LicensingRoom(LazuliDatabase database, TimeProvider time)
    {
        Entitlements = new Entitlements(database, time);
        Writer = new LicensingWriter(database, Entitlements, time);
        var facts = new FreshFacts(database, Entitlements);
        Parties = new PartyStore(Writer, facts);
        Projects = new ProjectStore(Writer, facts);
        Grants = new GrantStore(Writer, facts);
        Models = new ModelPolicies(Writer, facts);
        Facts = new FactStore(Writer, facts);
        Audit = new AuditTrail(database, time);
        Commitments = new CommitmentStore(Writer, facts, Entitlements, time);
        People = new People(Writer, database);
        KeyUses = new KeyUses(database, time);
        Keys = new ApiKeyStore(database, Writer, Entitlements, KeyUses, time);
    }

    public Entitlements Entitlements { get; }

    public LicensingWriter Writer { get; }

    public IPartyStore Parties { get; }

    public IProjectStore Projects { get; }

    public IGrantStore Grants { get; }

    public IModelPolicies Models { get; }

    public ILicensingFacts Facts { get; }

    public IAuditLog Audit { get; }

    public IComputeCommitments Commitments { get; }

    public IPeople People { get; }

    public KeyUses KeyUses { get; }

    public IApiKeyStore Keys { get; }
}
