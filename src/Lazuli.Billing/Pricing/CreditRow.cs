using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Billing;

/// <summary>A row of credit_grants, with what was used of it.</summary>
internal sealed class CreditRow
{
    public string Id { get; init; } = "";

    public string Party { get; init; } = "";

    public string Issuer { get; init; } = "";

    public string Kind { get; init; } = "";

    public string Currency { get; init; } = "";

    public long Nanos { get; init; }

    public long Priority { get; init; }

    public string ValidFrom { get; init; } = "";

    public string? ExpiresAt { get; init; }

    public string Reason { get; init; } = "";

    public long UsedNanos { get; init; }

    public long ExpiredNanos { get; init; }

    public CreditBalance ToBalance() => new(
        new CreditGrant
        {
            Id = Id,
            Party = new PartyId(Party),
            Issuer = new PartyId(Issuer),
            Kind = Enum.Parse<CreditKind>(Kind),
            Amount = new Money(Nanos, new Currency(Currency)),
            Priority = (int)Priority,
            From = StoredTime.Parse(ValidFrom),
            ExpiresAt = ExpiresAt is null ? null : StoredTime.Parse(ExpiresAt),
            Reason = Reason,
        },
        UsedNanos,
        ExpiredNanos);
}
