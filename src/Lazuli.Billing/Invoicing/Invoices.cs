using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Billing;

/// <summary>Invoices in the money database.</summary>
/// <remarks>
/// Drafting reads sums and writes the draft. Finalising gathers again, and only when that says what the draft says gives it a number, books it with its
/// royalties and freezes its bytes, in one transaction. Everything later changes state and paid amount only.
/// </remarks>
internal sealed partial class Invoices(MoneyDatabase money, InvoiceComposer composer, IMeteredUsage usage, IMeterPeriods periods, IRoyaltyTerms terms, IModelOwners owners, TimeProvider time) : IInvoices
{
    /// <inheritdoc/>
    public async Task<Invoice> DraftAsync(InvoiceRequest request, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        InvoiceDocument document = await ComposeAsync(request, now, cancellationToken).ConfigureAwait(false);
        return await money.WriteAsync(transaction => Draft(transaction, document, now), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>As <see cref="DraftAsync"/>; null, and nothing is kept, when there is nothing to invoice.</summary>
    public async Task<Invoice?> TryDraftAsync(InvoiceRequest request, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        InvoiceDocument document = await ComposeAsync(request, now, cancellationToken).ConfigureAwait(false);
        return document.Lines.Count == 0 ? null : await money.WriteAsync(transaction => Draft(transaction, document, now), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<Invoice> FinaliseAsync(InvoiceId id, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        Invoice invoice = await FindAsync(id.Value, cancellationToken).ConfigureAwait(false) ?? throw new BillingRefusedException(BillingRefusal.NotFound, $"There is no invoice {id}. `lazuli invoice list` names them.");
        if (invoice.State != InvoiceState.Draft)
        {
            return invoice;
        }

        InvoiceDocument draft = invoice.Document;
        InvoiceChecks.MayFinalise(draft, now);
        if (await periods.WhyIncompleteAsync(draft.Customer.Id, draft.From, draft.Until, cancellationToken).ConfigureAwait(false) is { } reason)
        {
            throw new BillingRefusedException(BillingRefusal.PeriodIncomplete, $"The period {draft.From:u} to {draft.Until:u} is not complete: {reason}. What is missing is not zero, so nothing is invoiced yet.");
        }

        InvoiceRequest request = InvoiceChecks.RequestOf(draft);
        IReadOnlyList<InvoiceDocument> earlier = await StandingAsync(request, draft.Cutoff, cancellationToken).ConfigureAwait(false);
        InvoiceDocument again = await composer.ComposeAsync(request, draft.Cutoff, earlier, cancellationToken).ConfigureAwait(false);
        InvoiceChecks.SameAsDraft(draft, again);
        List<(string Chain, long Tokens, IReadOnlyList<RoyaltyShare> Shares)> royalties = await RoyaltiesAsync(draft, cancellationToken).ConfigureAwait(false);
        return await money.WriteAsync(transaction => Finalise(transaction, id, draft, royalties, now), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<Invoice> PayAsync(InvoiceId id, Money amount, string reference, CancellationToken cancellationToken) => ChangeAsync(
        id,
        (transaction, stored, invoice, now) =>
        {
            InvoiceDocument document = invoice.Document;
            if (amount.Currency != document.Currency || amount.Nanos == 0 || amount.Nanos % CurrencyDigits.MinorUnitNanos(document.Currency) != 0 || string.IsNullOrWhiteSpace(reference) || reference.Length > 200)
            {
                throw new BillingRefusedException(BillingRefusal.Invalid, $"A payment of {document.Number} has a reference and is in whole minor units of {document.Currency}; {amount} came.");
            }

            if (!InvoiceRows.AddPayment(transaction, id, reference, amount.Nanos, now))
            {
                return;
            }

            InvoiceChecks.IsOpen(invoice);
            long open = document.TotalNanos - stored.Paid;
            if (Math.Sign(amount.Nanos) != Math.Sign(open) || Math.Abs(amount.Nanos) > Math.Abs(open))
            {
                throw new BillingRefusedException(BillingRefusal.NotEnough, $"Of {document.Number} {new Money(open, document.Currency)} is open; {amount} cannot be booked on it. Give the rest as credit.");
            }

            LedgerWriter.Append(transaction, InvoiceBooks.Pay(id, document, amount.Nanos, reference, now));
            InvoiceRows.SetState(transaction, id, amount.Nanos == open ? InvoiceState.Paid : InvoiceState.PartPaid, stored.Paid + amount.Nanos, now);
            InvoiceEvents.Append(transaction, amount.Nanos == open ? InvoiceEvents.Paid : InvoiceEvents.PartPaid, id, now);
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<Invoice> WriteOffAsync(InvoiceId id, string reason, CancellationToken cancellationToken) => ChangeAsync(
        id,
        (transaction, stored, invoice, now) =>
        {
            if (stored.ParsedState == InvoiceState.WrittenOff)
            {
                return;
            }

            InvoiceChecks.IsOpen(invoice);
            LedgerWriter.Append(transaction, InvoiceBooks.WriteOff(id, invoice.Document, invoice.OpenNanos, now));
            InvoiceRows.SetState(transaction, id, InvoiceState.WrittenOff, stored.Paid, now);
            InvoiceEvents.Append(transaction, InvoiceEvents.WrittenOff, id, now);
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<Invoice> VoidAsync(InvoiceId id, string reason, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        if (string.IsNullOrWhiteSpace(reason))
        {
            throw new BillingRefusedException(BillingRefusal.Invalid, "An invoice is voided for a reason, which stands on the credit note; none came.");
        }

        return money.WriteAsync(transaction => Void(transaction, id, reason, now), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<Invoice?> FindAsync(string idOrNumber, CancellationToken cancellationToken)
    {
        IReadOnlyList<StoredInvoice> rows = await money.QueryAsync<StoredInvoice>(InvoiceRows.Select + "WHERE id = @idOrNumber OR number = @idOrNumber", new { idOrNumber }, cancellationToken).ConfigureAwait(false);
        return rows.Count == 0 ? null : rows[0].ToInvoice(time.GetUtcNow());
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Invoice>> ListAsync(PartyId? issuer, PartyId? customer, CancellationToken cancellationToken)
    {
        IReadOnlyList<StoredInvoice> rows = await money.QueryAsync<StoredInvoice>(
            InvoiceRows.Select + "WHERE (@issuer = '' OR issuer = @issuer) AND (@customer = '' OR customer = @customer) ORDER BY period_from DESC, id DESC",
            new { issuer = issuer?.Value ?? "", customer = customer?.Value ?? "" },
            cancellationToken).ConfigureAwait(false);
        DateTimeOffset now = time.GetUtcNow();
        return [.. rows.Select(row => row.ToInvoice(now))];
    }

    /// <inheritdoc/>
    public string Export(Invoice invoice, InvoiceFormat format) => format switch
    {
        InvoiceFormat.Json => MoneyJson.Format(invoice.Document),
        InvoiceFormat.Csv => InvoiceCsv.Write(invoice.Document),
        InvoiceFormat.Html => InvoiceHtml.Write(invoice),
        InvoiceFormat.Focus => FocusExport.Write([invoice]),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "Not a form of an invoice."),
    };

    private async Task<Invoice> ChangeAsync(InvoiceId id, Action<DatabaseTransaction, StoredInvoice, Invoice, DateTimeOffset> change, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        return await money.WriteAsync(
            transaction =>
            {
                StoredInvoice stored = InvoiceRows.Get(transaction, id);
                change(transaction, stored, stored.ToInvoice(now), now);
                return InvoiceRows.Get(transaction, id).ToInvoice(now);
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The begin of a minute: metering's intervals end there, so what is on an invoice does not depend on when a heartbeat was written.</summary>
    private static DateTimeOffset Minute(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);

    private async Task<InvoiceDocument> ComposeAsync(InvoiceRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        InvoiceChecks.Request(request, now);
        DateTimeOffset cutoff = request.Cutoff ?? Minute(now);
        IReadOnlyList<InvoiceDocument> earlier = await StandingAsync(request, cutoff, cancellationToken).ConfigureAwait(false);
        return await composer.ComposeAsync(request, cutoff, earlier, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Documents that stand and may have to be corrected, or overlap: those of the horizon, and of older ones all since the oldest use that was recorded too late for the last of them.</summary>
    private async Task<IReadOnlyList<InvoiceDocument>> StandingAsync(InvoiceRequest request, DateTimeOffset cutoff, CancellationToken cancellationToken)
    {
        DateTimeOffset since = request.Until - InvoiceComposer.CorrectionHorizon;
        IReadOnlyList<InvoiceDocument> near = await StandingSinceAsync(request, since, cancellationToken).ConfigureAwait(false);
        DateTimeOffset last = near.Where(document => document.Until <= request.From).Select(document => document.Cutoff).DefaultIfEmpty(DateTimeOffset.UnixEpoch).Max();
        DateTimeOffset? oldest = await usage.OldestLateAsync(request.Customer.Id, since, last < since ? last : since, cutoff, cancellationToken).ConfigureAwait(false);
        return oldest is { } late ? await StandingSinceAsync(request, late, cancellationToken).ConfigureAwait(false) : near;
    }

    private async Task<IReadOnlyList<InvoiceDocument>> StandingSinceAsync(InvoiceRequest request, DateTimeOffset since, CancellationToken cancellationToken)
    {
        IReadOnlyList<StoredInvoice> rows = await money.QueryAsync<StoredInvoice>(
            InvoiceRows.Select + "WHERE issuer = @issuer AND customer = @customer AND currency = @currency AND period_until > @since ORDER BY period_from, id",
            new
            {
                issuer = request.Issuer.Id.Value,
                customer = request.Customer.Id.Value,
                currency = request.Currency.Code,
                since = StoredTime.Format(since),
            },
            cancellationToken).ConfigureAwait(false);
        return [.. rows.Where(row => row.Stands).Select(row => MoneyJson.Parse<InvoiceDocument>(row.Document))];
    }

    private async Task<List<(string, long, IReadOnlyList<RoyaltyShare>)>> RoyaltiesAsync(InvoiceDocument document, CancellationToken cancellationToken)
    {
        var found = new List<(string, long, IReadOnlyList<RoyaltyShare>)>();
        foreach (IGrouping<string, InvoiceLine> chain in document.Lines.Where(line => line.Meter is not null).GroupBy(line => GrantChainText.Join(line.GrantChain)).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            IReadOnlyList<GrantId> grants = chain.First().GrantChain;
            IReadOnlyList<RoyaltyLink> links = grants.Count > 1 ? await terms.LinksAsync(grants, cancellationToken).ConfigureAwait(false) : [];
            long gross = chain.Sum(line => line.Nanos);
            var shares = RoyaltyShares.Divide(links, document.Issuer.Id, gross, plan => TokenRoyalty.Nanos(composer, plan, document.Currency, chain), document.Currency).ToList();
            (PartyId lead, long income) = shares.Count == 0 ? (document.Issuer.Id, gross) : (shares[^1].Link.Licensor, shares[^1].Nanos);
            shares.AddRange(await OwnersAsync(lead, income, chain, document.Currency, cancellationToken).ConfigureAwait(false));
            if (shares.Count > 0)
            {
                long tokens = chain.Where(line => !line.IsTierFee && line.Meter is UsageMeter.InputTokens or UsageMeter.CachedInputTokens or UsageMeter.OutputTokens).Sum(line => line.Quantity);
                found.Add((chain.Key, tokens, shares));
            }
        }

        return found;
    }

    private async Task<IReadOnlyList<RoyaltyShare>> OwnersAsync(PartyId lead, long incomeNanos, IEnumerable<InvoiceLine> lines, Currency currency, CancellationToken cancellationToken)
    {
        var models = new List<(string Model, long Nanos, IReadOnlyList<OwnershipShare> Owners)>();
        foreach (IGrouping<string, InvoiceLine> model in lines.GroupBy(line => line.Model).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            models.Add((model.Key, model.Sum(line => line.Nanos), await owners.OwnersAsync(model.Key, cancellationToken).ConfigureAwait(false)));
        }

        return OwnerShares.Divide(lead, incomeNanos, models, currency);
    }
}
