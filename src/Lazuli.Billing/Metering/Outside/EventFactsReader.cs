using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Billing;

/// <summary>Reads what is known about what events name; each name of a document once.</summary>
internal sealed class EventFactsReader(MoneyDatabase money, PriceBook prices, IEventNames names)
{
    /// <summary>Facts for the events of one document.</summary>
    public Reading Begin() => new(money, prices, names);

    /// <summary>The names of one document.</summary>
    internal sealed class Reading(MoneyDatabase money, PriceBook prices, IEventNames names)
    {
        private readonly Dictionary<string, (PriceVersion Version, PricePlan Plan)?> _versions = new(StringComparer.Ordinal);
        private readonly Dictionary<PartyId, bool> _parties = [];
        private readonly Dictionary<ProjectId, Project?> _projects = [];
        private readonly Dictionary<(string, string), bool> _models = [];
        private readonly Dictionary<GrantId, Grant?> _grants = [];

        /// <summary>The facts of an event.</summary>
        public async Task<EventFacts> OfAsync(OutsideEvent e, CancellationToken cancellationToken)
        {
            EventPrice? price = PriceOf(e);
            return new EventFacts
            {
                IsPartyKnown = await Once(_parties, e.Party, async id => await names.PartyAsync(id, cancellationToken).ConfigureAwait(false) is not null).ConfigureAwait(false),
                IsProjectKnown = await Once(_projects, e.Project, id => names.ProjectAsync(id, cancellationToken)).ConfigureAwait(false) is { } project && project.Owners[0].Party == e.Party,
                IsModelKnown = await Once(_models, (e.ModelName, e.ModelDigest), key => names.HasModelAsync(key.Item1, key.Item2, cancellationToken)).ConfigureAwait(false),
                GrantFault = await GrantFaultAsync(e, cancellationToken).ConfigureAwait(false),
                Price = price,
                ClosedBy = await ClosedByAsync(e, cancellationToken).ConfigureAwait(false),
            };
        }

        private static async Task<TValue> Once<TKey, TValue>(Dictionary<TKey, TValue> known, TKey key, Func<TKey, Task<TValue>> read)
            where TKey : notnull =>
            known.TryGetValue(key, out TValue? value) ? value : known[key] = await read(key).ConfigureAwait(false);

        private EventPrice? PriceOf(OutsideEvent e)
        {
            bool isOwn = e.PriceVersion == BuiltInPlans.Internal && e.GrantChain.Length == 0;
            if (isOwn || e.PriceVersion == BuiltInPlans.Sandbox)
            {
                return new EventPrice(DateTimeOffset.UnixEpoch, e.Currency, BuiltInPlans.PricesOf(e.PriceVersion, e.Party, e.Currency), 0);
            }

            if (!_versions.TryGetValue(e.PriceVersion, out (PriceVersion Version, PricePlan Plan)? found))
            {
                _versions[e.PriceVersion] = found = prices.VersionOf(e.PriceVersion);
            }

            if (found is not { } priced)
            {
                return null;
            }

            TokenPrices? tokens = e.Kind == MeterEventKind.Job
                ? new TokenPrices(e.PriceVersion, priced.Version.Seller, priced.Version.Currency, 0, 0, 0)
                : priced.Plan.PlainPrices(e.PriceVersion, priced.Version.Seller, e.ModelName, e.Batch);
            return new EventPrice(priced.Version.PublishedAt, priced.Version.Currency, tokens, priced.Plan.RateOf(e.ModelName, UsageMeter.DeviceSeconds)?.PlainUnitNanos);
        }

        private async Task<string?> GrantFaultAsync(OutsideEvent e, CancellationToken cancellationToken)
        {
            IReadOnlyList<GrantId> chain = GrantChainText.Split(e.GrantChain);
            Grant? before = null;
            foreach (GrantId id in chain)
            {
                Grant? grant = await Once(_grants, id, key => names.GrantAsync(key, cancellationToken)).ConfigureAwait(false);
                if (grant is null)
                {
                    return $"There is no grant '{id}'.";
                }

                if (grant.Parent != before?.Id)
                {
                    return $"{id} is not a licence under {before?.Id.Value ?? "the owner"}, as the chain says.";
                }

                before = grant;
            }

            return before is null || before.Licensee == e.Party || before.Licensee == PartyId.Public ? null : $"{before.Id} is a licence of {before.Licensee}, not of {e.Party}.";
        }

        private async Task<string?> ClosedByAsync(OutsideEvent e, CancellationToken cancellationToken)
        {
            IReadOnlyList<string> closed = await money.QueryAsync<string>(
                "SELECT number FROM invoices WHERE customer = @party AND period_from <= @at AND period_until > @at AND number IS NOT NULL AND credits IS NULL AND state <> 'Voided' ORDER BY number LIMIT 1",
                new { party = e.Party.Value, at = StoredTime.Format(e.At) },
                cancellationToken).ConfigureAwait(false);
            return closed.Count == 0 ? null : closed[0];
        }
    }
}
