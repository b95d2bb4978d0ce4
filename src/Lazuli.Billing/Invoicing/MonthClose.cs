using System.Collections.Concurrent;
using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Billing;

/// <summary>Closes a seller's period, customer by customer.</summary>
internal sealed class MonthClose(MoneyDatabase money, Invoices invoices, IMeteredUsage usage, PriceBook prices) : IMonthClose
{
    /// <summary>Customers at once: their commits share the disk's syncs.</summary>
    private const int AtOnce = 8;

    /// <inheritdoc/>
    public async Task<MonthCloseResult> CloseAsync(MonthCloseRequest request, CancellationToken cancellationToken)
    {
        var closed = new ConcurrentBag<ClosedInvoice>();
        var refused = new ConcurrentBag<RefusedInvoice>();
        await Parallel.ForEachAsync(
            await CustomersAsync(request, cancellationToken).ConfigureAwait(false),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (customer, token) =>
            {
                try
                {
                    if (await CloseAsync(request, customer, token).ConfigureAwait(false) is { } invoice)
                    {
                        closed.Add(invoice);
                    }
                }
                catch (BillingRefusedException e)
                {
                    refused.Add(new RefusedInvoice(customer, e.Code, e.Message));
                }
            }).ConfigureAwait(false);
        return new MonthCloseResult(
            [.. closed.OrderBy(invoice => invoice.Customer.Value, StringComparer.Ordinal)],
            [.. refused.OrderBy(refusal => refusal.Customer.Value, StringComparer.Ordinal)]);
    }

    private async Task<ClosedInvoice?> CloseAsync(MonthCloseRequest request, PartyId customer, CancellationToken cancellationToken)
    {
        IReadOnlyList<StoredInvoice> before = await money.QueryAsync<StoredInvoice>(
            InvoiceRows.Select + "WHERE issuer = @issuer AND customer = @customer AND currency = @currency AND period_from = @from AND period_until = @until",
            new
            {
                issuer = request.Issuer.Id.Value,
                customer = customer.Value,
                currency = request.Currency.Code,
                from = StoredTime.Format(request.From),
                until = StoredTime.Format(request.Until),
            },
            cancellationToken).ConfigureAwait(false);
        if (before.FirstOrDefault(row => row.Stands) is { } standing)
        {
            return Of(customer, standing.ToInvoice(default));
        }

        Invoice? draft = await invoices.TryDraftAsync(
            new InvoiceRequest
            {
                Issuer = request.Issuer,
                Customer = request.CustomerOf(customer),
                Currency = request.Currency,
                From = request.From,
                Until = request.Until,
                Taxes = request.Taxes,
                PaymentDays = request.PaymentDays,
            },
            cancellationToken).ConfigureAwait(false);
        return draft is null ? null : Of(customer, await invoices.FinaliseAsync(draft.Id, cancellationToken).ConfigureAwait(false));
    }

    private async Task<IEnumerable<PartyId>> CustomersAsync(MonthCloseRequest request, CancellationToken cancellationToken)
    {
        PriceSnapshot snapshot = prices.Snapshot();
        IEnumerable<PartyId> withFees = snapshot.Assignments
            .Where(assignment => assignment.Party is not null && assignment.From < request.Until && (assignment.Until is null || assignment.Until > request.From))
            .Where(assignment => snapshot.VersionOf(assignment.PriceVersion)?.Version.Seller == request.Issuer.Id)
            .Select(assignment => assignment.Party!.Value);
        return (await usage.PartiesAsync(request.From, request.Until, cancellationToken).ConfigureAwait(false)).Union(withFees).Where(party => party != request.Issuer.Id);
    }

    private static ClosedInvoice Of(PartyId customer, Invoice invoice) => new(customer, invoice.Id, invoice.Document.Number, invoice.Document.TotalNanos, invoice.Digest);
}
