using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Licensing;

/// <summary>Makes changes: role, work, audit entry and epoch in one transaction, then the decisions follow before the answer is given.</summary>
internal sealed class LicensingWriter(LazuliDatabase database, Entitlements entitlements, TimeProvider time)
{
    public async Task<LicensingResult<T>> ChangeAsync<T>(Actor actor, LicensingChange kind, Func<Change, T> work, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!RoleTable.May(actor.Roles, kind))
        {
            return new LicensingResult<T>.Refused(LicensingRefusal.NotAllowed, [$"'{actor.Name}' has the role {WordForm.Of(actor.Roles)}; this wants {WordForm.Of(RoleTable.Allowed[kind])}."]);
        }

        try
        {
            (T value, LicensingFacts? facts) = await database.WriteAsync(transaction => Run(transaction, actor, work), cancellationToken).ConfigureAwait(false);
            if (facts is not null)
            {
                entitlements.Publish(facts);
            }

            return new LicensingResult<T>.Done(value);
        }
        catch (ChangeRefusedException refused)
        {
            return new LicensingResult<T>.Refused(refused.Code, refused.Reasons);
        }
    }

    private (T Value, LicensingFacts? Facts) Run<T>(DatabaseTransaction transaction, Actor actor, Func<Change, T> work)
    {
        var change = new Change(transaction, actor, time.GetUtcNow(), entitlements);
        if (actor.Party is { } party)
        {
            change.RequireOpenParty(party);
        }

        T value = work(change);
        if (!change.ChangesDecisions)
        {
            return (value, null);
        }

        transaction.Execute("UPDATE policy_epoch SET epoch = epoch + 1 WHERE id = 1");
        return (value, FactsReader.Read(transaction, entitlements.Terms));
    }
}
