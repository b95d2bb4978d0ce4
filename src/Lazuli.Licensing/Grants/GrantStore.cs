using System.Security.Cryptography;
using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Licensing;

/// <summary>Licences through their life.</summary>
internal sealed class GrantStore(LicensingWriter writer, FreshFacts facts) : IGrantStore
{
    private const string IdPrefix = "grant_";
    private const string IdAlphabet = "0123456789abcdefghijklmnopqrstuvwxyz";
    private const int IdLength = 16; // 82 bits

    /// <inheritdoc/>
    public Task<LicensingResult<Grant>> OfferAsync(Actor actor, PartyId licensor, PartyId licensee, GrantId? parent, GrantTerms terms, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(terms);
        return writer.ChangeAsync(
            actor, LicensingChange.OfferGrant,
            change =>
            {
                change.RequireParty(licensor);
                change.RequireOpenParty(licensor);
                change.RequireOpenParty(licensee);
                change.Require(GrantRules.Problems(terms), LicensingRefusal.Invalid);
                change.Require(terms.Until is not { } until || until > change.Now, LicensingRefusal.Invalid, "The licence would be over before it is offered.");
                change.Require(GrantPlacement.Problems(change.Facts, licensor, licensee, parent, terms), LicensingRefusal.Conflict);
                foreach (GrantId excepted in terms.Excepted)
                {
                    change.Require(change.Facts.Grants.Any(grant => grant.Id == excepted && grant.Licensor == licensor), LicensingRefusal.NotFound, $"'{licensor}' has granted no {excepted} that could be excepted.");
                }

                var grant = new Grant
                {
                    Id = new GrantId(IdPrefix + RandomNumberGenerator.GetString(IdAlphabet, IdLength)),
                    Licensor = licensor,
                    Licensee = licensee,
                    Parent = parent,
                    Terms = terms,
                    State = GrantState.Offered,
                    OfferedAt = change.Now,
                };
                change.Transaction.Execute(
                    "INSERT INTO grants (id, licensor, licensee, parent, terms, state, offered_at) VALUES (@id, @licensor, @licensee, @parent, @terms, @state, @at)",
                    new { id = grant.Id.Value, licensor = licensor.Value, licensee = licensee.Value, parent = parent?.Value, terms = StoredJson.Write(terms), state = WordForm.Of(grant.State), at = StoredTime.Format(change.Now) });
                change.Audit("grant.offer", grant.Id.Value, null, grant);
                GrantEvents.Append(change.Transaction, GrantEvents.Offered, grant, change.Now);
                return grant;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<LicensingResult<Grant>> GiveNoticeAsync(Actor actor, GrantId offer, CancellationToken cancellationToken) =>
        StepAsync(
            actor, LicensingChange.OfferGrant, GrantStep.Notice, offer, null,
            (change, grant) =>
            {
                change.RequireParty(grant.Licensor);
                GrantId[] owed = [.. ExclusivityRules.OwedNotices(grant, change.Facts.Grants.Where(GrantLife.Stands), change.Now).Select(preferred => preferred.Id).Except(grant.Notices.Select(notice => notice.Grant))];
                change.Require(owed.Length > 0, LicensingRefusal.Conflict, $"Nobody who is preferred is still to be told of {offer}.");
                foreach (GrantId preferred in owed)
                {
                    change.Transaction.Execute(
                        "INSERT INTO grant_notices (offer, preferred, at) VALUES (@offer, @preferred, @at)",
                        new { offer = offer.Value, preferred = preferred.Value, at = StoredTime.Format(change.Now) });
                    GrantEvents.Notice(change, change.Facts.Grants.First(told => told.Id == preferred));
                }

                return grant with { Notices = [.. grant.Notices, .. owed.Select(preferred => new FirstOfferNotice(preferred, change.Now))] };
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<LicensingResult<Grant>> SignAsync(Actor actor, GrantId id, CancellationToken cancellationToken) =>
        StepAsync(
            actor, LicensingChange.SignGrant, GrantStep.Sign, id, null,
            (change, grant) =>
            {
                change.RequireParty(grant.Licensee == PartyId.Public ? grant.Licensor : grant.Licensee);
                change.RequireOpenParty(grant.Licensor);
                change.RequireOpenParty(grant.Licensee);
                change.Require(grant.Terms.Until is not { } until || until > change.Now, LicensingRefusal.Conflict, $"The term of {id} is over.");
                change.Require(GrantPlacement.Problems(change.Facts, grant.Licensor, grant.Licensee, grant.Parent, grant.Terms), LicensingRefusal.Conflict);
                change.Require(ExclusivityRules.Problems(grant, change.Facts.Grants.Where(GrantLife.Stands), change.Now), LicensingRefusal.Conflict);
                change.Transaction.Execute("UPDATE grants SET signed_at = @at WHERE id = @id", new { id = id.Value, at = StoredTime.Format(change.Now) });
                return grant with { SignedAt = change.Now };
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<LicensingResult<Grant>> WithdrawAsync(Actor actor, GrantId id, string reason, CancellationToken cancellationToken) =>
        StepAsync(actor, LicensingChange.OfferGrant, GrantStep.Withdraw, id, reason, ByEitherSide, cancellationToken);

    /// <inheritdoc/>
    public Task<LicensingResult<Grant>> SuspendAsync(Actor actor, GrantId id, string reason, CancellationToken cancellationToken) =>
        StepAsync(actor, LicensingChange.StopGrant, GrantStep.Suspend, id, reason, ByLicensor, cancellationToken);

    /// <inheritdoc/>
    public Task<LicensingResult<Grant>> ResumeAsync(Actor actor, GrantId id, CancellationToken cancellationToken) =>
        StepAsync(actor, LicensingChange.ResumeGrant, GrantStep.Resume, id, null, ByLicensor, cancellationToken);

    /// <inheritdoc/>
    public Task<LicensingResult<Grant>> EndAsync(Actor actor, GrantId id, string reason, CancellationToken cancellationToken) =>
        StepAsync(actor, LicensingChange.StopGrant, GrantStep.End, id, reason, ByEitherSide, cancellationToken);

    /// <inheritdoc/>
    public async Task<Grant?> FindAsync(GrantId id, CancellationToken cancellationToken) =>
        (await facts.ReadAsync(cancellationToken).ConfigureAwait(false)).Grants.FirstOrDefault(grant => grant.Id == id);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Grant>> ListAsync(PartyId? party, CancellationToken cancellationToken) =>
        [.. (await facts.ReadAsync(cancellationToken).ConfigureAwait(false)).Grants.Where(grant => party is null || grant.Licensor == party || grant.Licensee == party)];

    private static Grant ByLicensor(Change change, Grant grant)
    {
        change.RequireParty(grant.Licensor);
        return grant;
    }

    private static Grant ByEitherSide(Change change, Grant grant)
    {
        change.RequireParty(grant.Licensor, grant.Licensee);
        return grant;
    }

    private Task<LicensingResult<Grant>> StepAsync(Actor actor, LicensingChange kind, GrantStep step, GrantId id, string? reason, Func<Change, Grant, Grant> work, CancellationToken cancellationToken) =>
        writer.ChangeAsync(
            actor, kind,
            change =>
            {
                Grant before = change.Facts.Grants.FirstOrDefault(grant => grant.Id == id) ?? throw Change.Refuse(LicensingRefusal.NotFound, $"There is no grant {id}.");
                string? why = step is GrantStep.Suspend or GrantStep.End or GrantStep.Withdraw ? change.RequireReason(reason) : null;

                // Who may is asked before whether it can be: a stranger learns nothing of the grant's state.
                change.RequireParty(before.Licensor, before.Licensee);
                change.Require(GrantLife.Problem(before, step) is null, LicensingRefusal.Conflict, GrantLife.Problem(before, step) ?? "");
                Grant after = work(change, before) with { State = GrantLife.Steps[step].To, StateReason = why };
                change.Transaction.Execute(
                    "UPDATE grants SET state = @state, state_reason = @why WHERE id = @id", new { id = id.Value, state = WordForm.Of(after.State), why });
                change.Audit($"grant.{WordForm.Of(step)}", id.Value, before, after, why);
                GrantEvents.Stepped(change, step, after);
                return after;
            },
            cancellationToken);
}
