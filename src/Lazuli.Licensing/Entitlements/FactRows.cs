using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Licensing;

internal sealed class PartyRow
{
    public string Id { get; init; } = "";

    public string Kind { get; init; } = "";

    public string Name { get; init; } = "";

    public string Classes { get; init; } = "";

    public string CreatedAt { get; init; } = "";

    public string? ClosedAt { get; init; }

    public Party ToParty() => new()
    {
        Id = new PartyId(Id),
        Kind = WordForm.Parse<PartyKind>(Kind),
        Name = Name,
        Classes = StoredJson.Read<string[]>(Classes),
        CreatedAt = StoredTime.Parse(CreatedAt),
        ClosedAt = ClosedAt is null ? null : StoredTime.Parse(ClosedAt),
    };
}

internal sealed class ProjectRow
{
    public string Id { get; init; } = "";

    public string Name { get; init; } = "";

    public string? Field { get; init; }

    public string CreatedAt { get; init; } = "";

    public string? ClosedAt { get; init; }

    public Project ToProject(IEnumerable<OwnerRow> owners, IEnumerable<ContributionRow> contributions) => new()
    {
        Id = new ProjectId(Id),
        Name = Name,
        Owners = [.. owners.Select(owner => owner.ToShare())],
        Contributions = [.. contributions.Select(row => new ProjectContribution(new PartyId(row.Party), row.Description, StoredTime.Parse(row.At)))],
        FieldOfUse = Field,
        CreatedAt = StoredTime.Parse(CreatedAt),
        ClosedAt = ClosedAt is null ? null : StoredTime.Parse(ClosedAt),
    };
}

internal sealed class OwnerRow
{
    public string Subject { get; init; } = "";

    public string Party { get; init; } = "";

    public long BasisPoints { get; init; }

    public OwnershipShare ToShare() => new(new PartyId(Party), (int)BasisPoints);
}

internal sealed class ContributionRow
{
    public string Subject { get; init; } = "";

    public string Party { get; init; } = "";

    public string Description { get; init; } = "";

    public string At { get; init; } = "";
}

internal sealed class GrantRow
{
    public string Id { get; init; } = "";

    public string Licensor { get; init; } = "";

    public string Licensee { get; init; } = "";

    public string? Parent { get; init; }

    public string Terms { get; init; } = "";

    public string State { get; init; } = "";

    public string OfferedAt { get; init; } = "";

    public string? SignedAt { get; init; }

    public string? StateReason { get; init; }

    public Grant ToGrant(TermsCache terms, IEnumerable<NoticeRow> notices) => new()
    {
        Id = new GrantId(Id),
        Licensor = new PartyId(Licensor),
        Licensee = new PartyId(Licensee),
        Parent = Parent is null ? null : new GrantId(Parent),
        Terms = terms.Of(Id, Terms),
        State = WordForm.Parse<GrantState>(State),
        OfferedAt = StoredTime.Parse(OfferedAt),
        SignedAt = SignedAt is null ? null : StoredTime.Parse(SignedAt),
        StateReason = StateReason,
        Notices = [.. notices.Select(notice => new FirstOfferNotice(new GrantId(notice.Preferred), StoredTime.Parse(notice.At)))],
    };
}

internal sealed class NoticeRow
{
    public string Offer { get; init; } = "";

    public string Preferred { get; init; } = "";

    public string At { get; init; } = "";
}

internal sealed class ModelRow
{
    public string Subject { get; init; } = "";

    public string? Stage { get; init; }

    public string? Hold { get; init; }

    public string? Revocation { get; init; }

    public double? TrainingFlop { get; init; }

    public string? OwnersFrom { get; init; }

    public ModelPolicy ToPolicy(IEnumerable<OwnerRow> owners) => new()
    {
        Subject = Subject,
        Owners = [.. owners.Select(owner => owner.ToShare())],
        Stage = Stage is null ? null : WordForm.Parse<ModelStage>(Stage),
        Hold = Hold,
        Revocation = Revocation,
        TrainingFlop = TrainingFlop,
        OwnersFrom = OwnersFrom is null ? null : new ProjectId(OwnersFrom),
    };
}

internal sealed class FactRow
{
    public string Name { get; init; } = "";

    public string Subject { get; init; } = "";

    public string At { get; init; } = "";
}

internal sealed class CommitmentRow
{
    public string Id { get; init; } = "";

    public string Party { get; init; } = "";

    public string Terms { get; init; } = "";

    public string MadeAt { get; init; } = "";

    public string? EndedAt { get; init; }

    public ComputeCommitment ToCommitment() => new()
    {
        Id = Id,
        Party = new PartyId(Party),
        Terms = StoredJson.Read<CommitmentTerms>(Terms),
        MadeAt = StoredTime.Parse(MadeAt),
        EndedAt = EndedAt is null ? null : StoredTime.Parse(EndedAt),
    };
}
