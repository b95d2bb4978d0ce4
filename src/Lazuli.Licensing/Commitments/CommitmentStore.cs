using System.Security.Cryptography;
using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Licensing;

/// <summary>Commitments to providers.</summary>
internal sealed class CommitmentStore(LicensingWriter writer, FreshFacts facts, Entitlements entitlements, TimeProvider time) : IComputeCommitments
{
    private const string IdPrefix = "commitment_";
    private const string IdAlphabet = "0123456789abcdefghijklmnopqrstuvwxyz";
    private const int IdLength = 16;

    /// <inheritdoc/>
    public PlacementDecision Check(ComputePlacement placement)
    {
        ArgumentNullException.ThrowIfNull(placement);
        return Check(entitlements.Current, placement, time.GetUtcNow());
    }

    /// <summary>Decides a placement; pure.</summary>
    public static PlacementDecision Check(CompiledFacts facts, ComputePlacement placement, DateTimeOffset now)
    {
        var against = new List<string>();
        var advice = new List<string>();
        IEnumerable<PartyId> bound = placement.ModelName is { } model ? facts.Model(model, placement.ModelDigest).Owners.Select(owner => owner.Party).Prepend(placement.Party) : [placement.Party];
        foreach (ComputeCommitment commitment in bound.Distinct().SelectMany(party => facts.CommitmentsOf(party)))
        {
            if (!CommitmentRules.IsInForce(commitment, now) || CommitmentRules.Admits(commitment.Terms, placement.Use, placement.Provider, placement.ModelName, placement.Project))
            {
                continue;
            }

            string where = placement.Provider is { } provider ? $"on machines of '{provider}'" : "on machines of nobody knows whom";
            string who = commitment.Party == placement.Party ? $"'{commitment.Party}'" : $"'{commitment.Party}', which owns the model,";
            if (commitment.Terms.Exclusive)
            {
                against.Add($"{who} computes exclusively with '{commitment.Terms.Provider}' ({commitment.Id}); this would be {where}.");
            }
            else
            {
                advice.Add($"{who} prefers '{commitment.Terms.Provider}' ({commitment.Id}); this would be {where}.");
            }
        }

        return against.Count > 0 ? new PlacementDecision(false, against, facts.Facts.Epoch) : new PlacementDecision(true, advice, facts.Facts.Epoch);
    }

    /// <inheritdoc/>
    public Task<LicensingResult<ComputeCommitment>> MakeAsync(Actor actor, PartyId party, CommitmentTerms terms, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(terms);
        return writer.ChangeAsync(
            actor, LicensingChange.ManageCommitments,
            change =>
            {
                change.RequireParty(party);
                change.RequireOpenParty(party);
                change.RequireOpenParty(terms.Provider);
                change.Require(CommitmentRules.Problems(party, terms), LicensingRefusal.Invalid);
                var commitment = new ComputeCommitment { Id = IdPrefix + RandomNumberGenerator.GetString(IdAlphabet, IdLength), Party = party, Terms = terms, MadeAt = change.Now };
                change.Require(CommitmentRules.Contradictions(commitment, change.Facts.Commitments), LicensingRefusal.Conflict);
                change.Transaction.Execute(
                    "INSERT INTO compute_commitments (id, party, provider, terms, made_at) VALUES (@Id, @party, @provider, @terms, @at)",
                    new { commitment.Id, party = party.Value, provider = terms.Provider.Value, terms = StoredJson.Write(terms), at = StoredTime.Format(change.Now) });
                change.Audit("commitment.make", commitment.Id, null, commitment);
                return commitment;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<LicensingResult<ComputeCommitment>> EndAsync(Actor actor, string id, string reason, CancellationToken cancellationToken) =>
        writer.ChangeAsync(
            actor, LicensingChange.ManageCommitments,
            change =>
            {
                string why = change.RequireReason(reason);
                ComputeCommitment before = change.Facts.Commitments.FirstOrDefault(commitment => commitment.Id == id) ?? throw Change.Refuse(LicensingRefusal.NotFound, $"There is no commitment {id}.");

                // Who was promised something lets go of it; who promised cannot.
                change.RequireParty(before.Terms.Provider);
                change.Require(before.EndedAt is null, LicensingRefusal.Conflict, $"{id} has ended already.");
                ComputeCommitment after = before with { EndedAt = change.Now };
                change.Transaction.Execute("UPDATE compute_commitments SET ended_at = @at WHERE id = @id", new { id, at = StoredTime.Format(change.Now) });
                change.Audit("commitment.end", id, before, after, why);
                return after;
            },
            cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ComputeCommitment>> ListAsync(CancellationToken cancellationToken) => (await facts.ReadAsync(cancellationToken).ConfigureAwait(false)).Commitments;
}
