using System.Security.Cryptography;
using System.Text.Json;
using Lazuli.Contracts;
using Lazuli.Proofs;
using Lazuli.Storage;

namespace Lazuli.Licensing;

/// <summary>A change under way, in its transaction: who makes it, what it finds, and the audit entries that it leaves.</summary>
internal sealed class Change(DatabaseTransaction transaction, Actor actor, DateTimeOffset now, Entitlements entitlements)
{
    public const int LongestReason = 2000;

    private LicensingFacts? _facts;

    public DatabaseTransaction Transaction => transaction;

    public DateTimeOffset Now => now;

    /// <summary>The party that the actor acts for; null for the installation's operator.</summary>
    public PartyId? ActsFor => actor.Party;

    public bool ChangesDecisions { get; private set; } = true;

    /// <summary>The facts as they are before the change's own writes. Each change of them has its epoch, so those in memory are they when theirs is the database's.</summary>
    public LicensingFacts Facts => _facts ??= entitlements.Loaded is { } loaded && loaded.Epoch == FactsReader.Epoch(transaction) ? loaded : FactsReader.Read(transaction, entitlements.Terms);

    /// <summary>Says that nothing of <see cref="Facts"/> is changed, so the epoch stays.</summary>
    public void LeavesDecisions() => ChangesDecisions = false;

    /// <summary>Refuses unless the actor acts for one of these parties, or is the installation's operator.</summary>
    public void RequireParty(params ReadOnlySpan<PartyId> parties)
    {
        if (actor.Party is { } own && !parties.Contains(own))
        {
            throw Refuse(LicensingRefusal.NotAllowed, $"'{actor.Name}' acts for '{own}'; this is for {string.Join(" or ", parties.ToArray().Select(party => $"'{party}'"))} to do.");
        }
    }

    /// <summary>Refuses unless the actor is the installation's operator.</summary>
    public void RequireOperator()
    {
        if (actor.Party is { } own)
        {
            throw Refuse(LicensingRefusal.NotAllowed, $"'{actor.Name}' acts for '{own}'; this is for the installation's operator to do.");
        }
    }

    public void Require(bool condition, LicensingRefusal code, string reason)
    {
        if (!condition)
        {
            throw Refuse(code, reason);
        }
    }

    public void Require(IReadOnlyList<string> problems, LicensingRefusal code)
    {
        if (problems.Count > 0)
        {
            throw new ChangeRefusedException(code, problems);
        }
    }

    /// <summary>A reason of the right length, trimmed.</summary>
    public string RequireReason(string? reason)
    {
        string text = (reason ?? "").Trim();
        Require(text.Length is > 0 and <= LongestReason, LicensingRefusal.Invalid, $"A reason has 1 to {LongestReason} characters; got {text.Length}.");
        return text;
    }

    public Party RequireOpenParty(PartyId id) => Facts.Parties.FirstOrDefault(party => party.Id == id) is { ClosedAt: null } party
        ? party
        : throw Refuse(LicensingRefusal.NotFound, $"There is no open party '{id}'.");

    public static ChangeRefusedException Refuse(LicensingRefusal code, string reason) => new(code, [reason]);

    /// <summary>Adds the change's audit entry.</summary>
    /// <param name="action">What, e.g. <c>grant.sign</c>.</param>
    /// <param name="subject">To what.</param>
    /// <param name="before">As it was; null when nothing was.</param>
    /// <param name="after">As it is; null when nothing is.</param>
    /// <param name="reason">Why, where one was given.</param>
    public void Audit(string action, string subject, object? before, object? after, string? reason = null) =>
        AuditTrail.Append(transaction, actor, now, action, subject, DigestOf(before), DigestOf(after), reason);

    private static string? DigestOf(object? value) =>
        value is null ? null : Convert.ToHexStringLower(SHA256.HashData(CanonicalJson.Format(JsonSerializer.SerializeToUtf8Bytes(value, value.GetType(), StoredJson.Options))));
}
