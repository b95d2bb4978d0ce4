using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Billing;

/// <summary>Credit in the money database, and in admission, which refuses who has none left.</summary>
internal sealed class CreditBook(MoneyDatabase money, TimeProvider time, IAccountLimits? limits = null) : ICredits
{
    /// <inheritdoc/>
    public async Task GrantAsync(CreditGrant grant, CancellationToken cancellationToken)
    {
        if (grant.Amount.Nanos <= 0 || !CurrencyDigits.IsCode(grant.Amount.Currency.Code) || grant.Priority is < 0 or > 100 || string.IsNullOrWhiteSpace(grant.Id))
        {
            throw new BillingRefusedException(BillingRefusal.Invalid, $"Credit has an id, an amount above zero and a priority from 0 to 100; '{grant.Id}', {grant.Amount} and {grant.Priority} came.");
        }

        if (grant.ExpiresAt <= grant.From || grant.Party == grant.Issuer)
        {
            throw new BillingRefusedException(BillingRefusal.Invalid, $"Credit ends after it begins and is held with somebody else; {grant.Id} would end at {grant.ExpiresAt:O} and is {grant.Party}'s with {grant.Issuer}.");
        }

        await money.WriteAsync(
            transaction =>
            {
                CreditRows.Add(transaction, grant, time.GetUtcNow());
                return true;
            },
            cancellationToken).ConfigureAwait(false);
        await SyncAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<long> ApplyAsync(PartyId party, PartyId issuer, Currency currency, CancellationToken cancellationToken) =>
        money.WriteAsync(transaction => CreditRows.Apply(transaction, party, issuer, currency, time.GetUtcNow()).UsedNanos, cancellationToken);

    /// <inheritdoc/>
    public async Task<int> ExpireAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        IReadOnlyList<CreditBalance> all = await ListAsync(null, cancellationToken).ConfigureAwait(false);
        int expired = 0;
        foreach (var holder in CreditOrder.Expire(all, now).Select(entry => (entry.Credit.Grant.Party, entry.Credit.Grant.Issuer, entry.Credit.Grant.Amount.Currency)).Distinct())
        {
            expired += await money.WriteAsync(transaction => CreditRows.Apply(transaction, holder.Party, holder.Issuer, holder.Currency, now).Expired, cancellationToken).ConfigureAwait(false);
        }

        await SyncAsync(cancellationToken).ConfigureAwait(false);
        return expired;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<CreditBalance>> ListAsync(PartyId? party, CancellationToken cancellationToken) =>
        [.. CreditOrder.Sort((await money.QueryAsync<CreditRow>(CreditRows.SelectAll, new { party = party?.Value ?? "" }, cancellationToken).ConfigureAwait(false)).Select(row => row.ToBalance()))];

    private async Task SyncAsync(CancellationToken cancellationToken)
    {
        if (limits is not null)
        {
            await AdmissionCredit.SyncAsync(limits, await ListAsync(null, cancellationToken).ConfigureAwait(false), time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        }
    }
}
