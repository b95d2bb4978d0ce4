using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Licensing;

/// <summary>Whom a hold, release or revocation of a model is told: its owners, and the parties of licences that name it, each with its own licences only.</summary>
internal static class ModelEvents
{
    /// <summary>Tells, unless nothing changed; the reason stays with the audit.</summary>
    public static void Append(Change change, string action, ModelPolicy before, ModelPolicy after, IReadOnlyList<OwnershipShare> owners)
    {
        string? type = action switch
        {
            "model.hold" when before.Hold is null => "model.held",
            "model.release" when before.Hold is not null => "model.released",
            "model.revoke" when before.Revocation is null => "model.revoked",
            _ => null,
        };
        if (type is null)
        {
            return;
        }

        var reached = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (OwnershipShare owner in owners)
        {
            reached.TryAdd(owner.Party.Value, new SortedSet<string>(StringComparer.Ordinal));
        }

        Dictionary<GrantId, Grant> grants = change.Facts.Grants.ToDictionary(grant => grant.Id);
        foreach (Grant grant in grants.Values.Where(grant => GrantLife.Stands(grant) && grant.Terms.Models.Any(model => Names(ModelSelector.Parse(model), after.Subject))))
        {
            if (owners.Count > 0 && Root(grants, grant) == owners[0].Party)
            {
                foreach (PartyId party in new[] { grant.Licensor, grant.Licensee })
                {
                    (reached.TryGetValue(party.Value, out SortedSet<string>? own) ? own : reached[party.Value] = new SortedSet<string>(StringComparer.Ordinal)).Add(grant.Id.Value);
                }
            }
        }

        reached.Remove(PartyId.Public.Value);
        foreach ((string party, SortedSet<string> own) in reached)
        {
            Outbox.Append(change.Transaction, type, change.Now, [new OutboxAudience(OutboxAudienceKind.Party, party)], json =>
            {
                json.WriteString("model", after.Subject);
                json.WriteStrings("grants", own);
            });
        }
    }

    // A name and a digest may be the same model, but whoever licenses one is not told of the other.
    private static bool Names(ModelSelector selector, string subject) =>
        selector.IsAny || (subject.StartsWith(ModelSelector.DigestPrefix, StringComparison.Ordinal) ? selector.Digest == subject : selector.Name == subject);

    private static PartyId? Root(Dictionary<GrantId, Grant> grants, Grant grant)
    {
        Grant at = grant;
        for (int links = 0; at.Parent is { } above; links++)
        {
            if (links > grants.Count || !grants.TryGetValue(above, out Grant? parent))
            {
                return null;
            }

            at = parent;
        }

        return at.Licensor;
    }
}
