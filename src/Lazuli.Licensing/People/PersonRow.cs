using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Licensing;

internal sealed class PersonRow
{
    public const string Columns =
        "people.id AS Id, people.party AS Party, people.name AS Name, people.roles AS Roles, people.issuer AS Issuer, people.subject AS Subject, people.created_at AS CreatedAt, people.closed_at AS ClosedAt";

    public string Id { get; init; } = "";

    public string? Party { get; init; }

    public string Name { get; init; } = "";

    public string Roles { get; init; } = "";

    public string? Issuer { get; init; }

    public string? Subject { get; init; }

    public string CreatedAt { get; init; } = "";

    public string? ClosedAt { get; init; }

    public static string Write(PersonRoles roles) => WordForm.Of(roles);

    public Person ToPerson() => new()
    {
        Id = Id,
        Party = Party is null ? null : new PartyId(Party),
        Name = Name,
        Roles = Roles.Split(", ").Select(WordForm.Parse<PersonRoles>).Aggregate(PersonRoles.None, (all, role) => all | role),
        Identity = Issuer is null ? null : new OpenIdIdentity(Issuer, Subject!),
        CreatedAt = StoredTime.Parse(CreatedAt),
        ClosedAt = ClosedAt is null ? null : StoredTime.Parse(ClosedAt),
    };
}

internal sealed class TokenRow
{
    public const string Columns =
        "person_tokens.id AS Id, person_tokens.person AS Person, person_tokens.label AS Label, person_tokens.hash AS Hash, person_tokens.redacted AS Redacted, person_tokens.created_at AS CreatedAt, person_tokens.expires_at AS ExpiresAt, person_tokens.revoked_at AS RevokedAt";

    public string Id { get; init; } = "";

    public string Person { get; init; } = "";

    public string Label { get; init; } = "";

    public byte[] Hash { get; init; } = [];

    public string Redacted { get; init; } = "";

    public string CreatedAt { get; init; } = "";

    public string? ExpiresAt { get; init; }

    public string? RevokedAt { get; init; }

    public PersonToken ToToken() => new(Id, Person, Label, Redacted, StoredTime.Parse(CreatedAt), ExpiresAt is null ? null : StoredTime.Parse(ExpiresAt), RevokedAt is null ? null : StoredTime.Parse(RevokedAt));
}
