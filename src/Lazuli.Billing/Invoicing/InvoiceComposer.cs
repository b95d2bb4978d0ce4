using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Billing;

/// <summary>Gathers what an invoice is about: use of the period, corrections of earlier ones, fees.</summary>
internal sealed class InvoiceComposer(IMeteredUsage usage, PriceBook prices)
{
    /// <summary>How far back closed periods are rated anew on each invoice. Older ones only where something was recorded in them since, so that an invoice's work does not grow with the years and nothing is lost.</summary>
    public static readonly TimeSpan CorrectionHorizon = TimeSpan.FromDays(92);

    private const int MostNamedEvents = 100;

    /// <summary>The document without credit, rounded, and without a number.</summary>
    /// <param name="request">What it is about.</param>
    /// <param name="cutoff">Use recorded later is late.</param>
    /// <param name="earlier">Documents of this issuer, customer and currency that stand.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public async Task<InvoiceDocument> ComposeAsync(InvoiceRequest request, DateTimeOffset cutoff, IReadOnlyList<InvoiceDocument> earlier, CancellationToken cancellationToken)
    {
        PartyId customer = request.Customer.Id;
        List<MeteredQuantity> sums = await SumsAsync(request, request.From, request.Until, cutoff, cancellationToken).ConfigureAwait(false);
        List<InvoiceLine> lines = UsageRating.Lines(sums, PlanOf, request.From, request.Until);
        lines.AddRange(Fees(request, sums));
        foreach (InvoiceDocument closed in earlier.Where(document => document.Until <= request.From && document.Cutoff < cutoff).OrderBy(document => document.From))
        {
            DateTimeOffset last = earlier.Where(document => document.Lines.Any(line => line.CorrectsInvoice == closed.Number)).Select(document => document.Cutoff).Append(closed.Cutoff).Max();
            if (closed.Until <= request.Until - CorrectionHorizon
                && (await usage.LateEventsAsync(customer, closed.From, closed.Until, last, cutoff, 1, cancellationToken).ConfigureAwait(false)).Count == 0)
            {
                continue;
            }

            InvoiceLine[] booked = [.. earlier.SelectMany(document => document.Lines.Where(line => IsAbout(line, document, closed)))];
            List<MeteredQuantity> now = await SumsAsync(request, closed.From, closed.Until, cutoff, cancellationToken).ConfigureAwait(false);
            if (UsageRating.Corrections(booked, now, PlanOf, closed, []).Count > 0)
            {
                IReadOnlyList<string> late = await usage.LateEventsAsync(customer, closed.From, closed.Until, last, cutoff, MostNamedEvents, cancellationToken).ConfigureAwait(false);
                lines.AddRange(UsageRating.Corrections(booked, now, PlanOf, closed, late));
            }
        }

        return new InvoiceDocument
        {
            Kind = InvoiceKind.Invoice,
            Number = "",
            Issuer = request.Issuer,
            Customer = request.Customer,
            Currency = request.Currency,
            From = request.From,
            Until = request.Until,
            Cutoff = cutoff,
            InvoiceAt = request.InvoiceAt ?? request.Until,
            PaymentDays = request.PaymentDays,
            Lines = lines,
            Taxes = request.Taxes,
            NetNanos = 0,
            TotalNanos = 0,
        };
    }

    /// <summary>The plan of a published version.</summary>
    public PricePlan PlanOf(string priceVersion) => prices.VersionOf(priceVersion)?.Plan
        ?? throw new BillingRefusedException(BillingRefusal.NotFound, $"Use was metered under the price version {priceVersion}, which is not in this store. Nothing is invoiced without it.");

    /// <summary>The newest version of a plan.</summary>
    public PricePlan NewestPlan(string plan) => prices.NewestOf(plan)
        ?? throw new BillingRefusedException(BillingRefusal.NotFound, $"A royalty is due at the price plan {plan}, which nobody has published. Publish it, then finalise.");

    private static bool IsAbout(InvoiceLine line, InvoiceDocument document, InvoiceDocument closed) =>
        (line.Kind == InvoiceLineKind.Usage && document.Number == closed.Number) || (line.Kind == InvoiceLineKind.Correction && line.CorrectsInvoice == closed.Number);

    private async Task<List<MeteredQuantity>> SumsAsync(InvoiceRequest request, DateTimeOffset from, DateTimeOffset until, DateTimeOffset cutoff, CancellationToken cancellationToken)
    {
        IReadOnlyList<MeteredQuantity> all = await usage.SumAsync(request.Customer.Id, from, until, cutoff, cancellationToken).ConfigureAwait(false);
        var ours = new List<MeteredQuantity>();
        foreach (MeteredQuantity sum in all.Where(sum => sum.PriceVersion is not (BuiltInPlans.Internal or BuiltInPlans.Sandbox)))
        {
            if (prices.VersionOf(sum.PriceVersion) is not { } priced)
            {
                PlanOf(sum.PriceVersion);
                continue;
            }

            if (priced.Version.Seller == request.Issuer.Id && priced.Version.Currency == request.Currency)
            {
                ours.Add(sum);
            }
        }

        return ours;
    }

    /// <summary>Fees of the plans in force for this customer when the period ends.</summary>
    private IEnumerable<InvoiceLine> Fees(InvoiceRequest request, List<MeteredQuantity> sums)
    {
        PriceSnapshot snapshot = prices.Snapshot();
        DateTimeOffset last = request.Until.AddTicks(-1);
        var grants = sums.Where(sum => sum.GrantChain.Count > 0).Select(sum => sum.GrantChain[^1]).ToHashSet();
        return snapshot.Assignments
            .Where(assignment => assignment.From <= last && (assignment.Until is null || last < assignment.Until))
            .Where(assignment => assignment.Party is { } party ? party == request.Customer.Id && (assignment.Grant is null || grants.Contains(assignment.Grant.Value)) : assignment.Grant is { } grant && grants.Contains(grant))
            .Select(assignment => assignment.PriceVersion).Distinct().Order(StringComparer.Ordinal)
            .Select(name => (Name: name, Priced: snapshot.VersionOf(name)!.Value))
            .Where(entry => entry.Priced.Version.Seller == request.Issuer.Id && entry.Priced.Version.Currency == request.Currency)
            .SelectMany(entry => entry.Priced.Plan.Fees.Select(fee => new InvoiceLine
            {
                Kind = InvoiceLineKind.Fee,
                Description = fee.Name,
                PriceVersion = entry.Name,
                Quantity = 1,
                UnitNanos = fee.Nanos,
                ExactNanos = fee.Nanos,
                From = request.From,
                Until = request.Until,
            }));
    }
}
