using System.Text.Json;
using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Licensing;

/// <summary>What the parties of a licence, and those below it, are told of its life, written in the change's own transaction. Nobody learns of terms that are not its own link's.</summary>
internal static class GrantEvents
{
    public const string Offered = "grant.offered";
    public const string FirstOffer = "grant.first_offer";
    public const string Expired = "grant.expired";

    /// <summary>Something happened to a grant, which is as it is after it: told to licensor and licensee.</summary>
    public static void Append(DatabaseTransaction transaction, string type, Grant grant, DateTimeOffset now) =>
        Outbox.Append(transaction, type, now, [new OutboxAudience(OutboxAudienceKind.Grant, grant.Id.Value)], json => Write(json, grant));

    /// <summary>A step was taken; what comes of it is told to those below, too.</summary>
    public static void Stepped(Change change, GrantStep step, Grant grant)
    {
        (string? type, string? below) = step switch
        {
            GrantStep.Sign => ("grant.signed", null),
            GrantStep.Withdraw => ("grant.withdrawn", null),
            GrantStep.Suspend => ("grant.suspended", "grant.upstream_suspended"),
            GrantStep.Resume => ("grant.resumed", "grant.upstream_resumed"),
            GrantStep.End => ("grant.ended", "grant.upstream_ended"),
            _ => ((string?)null, (string?)null),
        };
        if (type is not null)
        {
            Append(change.Transaction, type, grant, change.Now);
        }

        if (below is not null && IsOpenAbove(change.Facts, grant))
        {
            foreach (Grant child in Affected(change.Facts, grant))
            {
                Outbox.Append(change.Transaction, below, change.Now, [new OutboxAudience(OutboxAudienceKind.Party, child.Licensee.Value)], json => json.WriteString("grant", child.Id.Value));
            }
        }
    }

    /// <summary>A preferred licensee's notice period begins. It learns where it is preferred, and not who is offered what.</summary>
    public static void Notice(Change change, Grant preferred) =>
        Outbox.Append(change.Transaction, FirstOffer, change.Now, [new OutboxAudience(OutboxAudienceKind.Party, preferred.Licensee.Value)], json =>
        {
            json.WriteString("grant", preferred.Id.Value);
            json.WriteString("licensor", preferred.Licensor.Value);
            json.WriteStrings("fields", preferred.Terms.Fields);
            json.WriteTime("noticeUntil", change.Now.AddDays(preferred.Terms.NoticeDays));
        });

    /// <summary>Grants in force below one, down to those that are stopped themselves: what happens above changes nothing below them.</summary>
    private static List<Grant> Affected(LicensingFacts facts, Grant grant)
    {
        ILookup<GrantId, Grant> children = facts.Grants.Where(one => one.Parent is not null && one.State == GrantState.Active).ToLookup(one => one.Parent!.Value);
        var found = new List<Grant>();
        var seen = new HashSet<GrantId> { grant.Id };
        var open = new Queue<GrantId>(seen);
        while (open.TryDequeue(out GrantId at))
        {
            foreach (Grant child in children[at].Where(child => seen.Add(child.Id)))
            {
                found.Add(child);
                open.Enqueue(child.Id);
            }
        }

        return found;
    }

    private static bool IsOpenAbove(LicensingFacts facts, Grant grant)
    {
        var seen = new HashSet<GrantId> { grant.Id };
        for (GrantId? at = grant.Parent; at is { } id && seen.Add(id);)
        {
            Grant? above = facts.Grants.FirstOrDefault(one => one.Id == id);
            if (above is not { State: GrantState.Active })
            {
                return false;
            }

            at = above.Parent;
        }

        return true;
    }

    private static void Write(Utf8JsonWriter json, Grant grant)
    {
        json.WriteString("grant", grant.Id.Value);
        json.WriteString("licensor", grant.Licensor.Value);
        json.WriteString("licensee", grant.Licensee.Value);
        json.WriteString("state", WordForm.Of(grant.State));
        json.WriteStrings("models", grant.Terms.Models);
        json.WriteStrings("fields", grant.Terms.Fields);
        json.WriteTime("from", grant.Terms.From);
        if (grant.Terms.Until is { } until)
        {
            json.WriteTime("until", until);
        }

        if (grant.StateReason is { } reason)
        {
            json.WriteString("reason", reason);
        }
    }
}
