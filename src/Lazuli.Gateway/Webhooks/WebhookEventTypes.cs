using System.Collections.Frozen;

namespace Lazuli.Gateway;

/// <summary>The types of events, each with what it says.</summary>
public static class WebhookEventTypes
{
    /// <summary>Sent when an endpoint is tried.</summary>
    public const string Test = "webhook.test";

    /// <summary>All of them.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["budget.reached"] = "50, 80 or 100 % of a day's or month's budget is spent.",
        ["grant.offered"] = "A licence was offered.",
        ["grant.first_offer"] = "Somebody else is about to be licensed where the party is preferred; its notice period begins.",
        ["grant.signed"] = "A licence was signed and is in force.",
        ["grant.withdrawn"] = "An offer was taken back or declined.",
        ["grant.suspended"] = "A licence was suspended.",
        ["grant.resumed"] = "A suspended licence goes on.",
        ["grant.ended"] = "A licence was ended.",
        ["grant.expired"] = "A licence's term is over.",
        ["grant.upstream_suspended"] = "A licence above one of the party's was suspended.",
        ["grant.upstream_resumed"] = "A licence above one of the party's goes on.",
        ["grant.upstream_ended"] = "A licence above one of the party's ended.",
        ["model.held"] = "A safety hold was put on a model that the party's licences reach.",
        ["model.released"] = "A safety hold was taken off.",
        ["model.revoked"] = "A model was revoked.",
        ["invoice.drafted"] = "A draft was written; told to the issuer.",
        ["invoice.finalised"] = "An invoice was issued.",
        ["invoice.part_paid"] = "Part of an invoice was paid.",
        ["invoice.paid"] = "All of an invoice is paid.",
        ["invoice.overdue"] = "An invoice's due date is past and not all of it is paid.",
        ["invoice.written_off"] = "What is open was given up; told to the issuer.",
        ["invoice.voided"] = "An invoice was taken back.",
        ["credit_note.issued"] = "A credit note was issued.",
        [Test] = "The endpoint is being tried.",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Why a list of wanted types cannot be; null when it can.</summary>
    public static string? Problem(IReadOnlyList<string> wanted)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        foreach (string type in wanted)
        {
            if (!All.Keys.Any(known => Covers(type, known)))
            {
                return $"There are no events of the type '{type}'. Types are {string.Join(", ", All.Keys.Order(StringComparer.Ordinal))}; 'invoice.*' means all that begin so.";
            }
        }

        return wanted.Count > All.Count ? "A type is listed more than once." : null;
    }

    /// <summary>Whether a type is among those wanted.</summary>
    public static bool Wants(IReadOnlyList<string> wanted, string type)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        return wanted.Count == 0 || wanted.Any(one => Covers(one, type));
    }

    private static bool Covers(string wanted, string type) =>
        string.Equals(wanted, type, StringComparison.Ordinal) || (wanted.EndsWith(".*", StringComparison.Ordinal) && type.StartsWith(wanted[..^1], StringComparison.Ordinal));
}
