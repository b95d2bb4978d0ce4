using Lazuli.Contracts;

namespace Lazuli.Billing;

/// <summary>Revenue less metered cost. Pure.</summary>
internal static class Margins
{
    /// <summary>Margins by model, customer and grant, by name.</summary>
    /// <param name="currency">Of the invoices that count.</param>
    /// <param name="invoices">The seller's; drafts do not count, a voided one and its credit note cancel out.</param>
    /// <param name="times">Device-time of the period, of every party that the seller may have served.</param>
    /// <param name="from">First instant.</param>
    /// <param name="until">First instant after.</param>
    /// <param name="costNanosPerDeviceSecond">Nano-units.</param>
    public static MarginReport Of(Currency currency, IEnumerable<Invoice> invoices, IReadOnlyList<DeviceTime> times, DateTimeOffset from, DateTimeOffset until, long costNanosPerDeviceSecond)
    {
        var revenue = invoices
            .Where(invoice => invoice.State != InvoiceState.Draft && invoice.Document.Currency == currency)
            .SelectMany(invoice => invoice.Document.Lines.Select(line => (Line: line, Customer: invoice.Document.Customer.Id)))
            .Where(entry => entry.Line.Kind is InvoiceLineKind.Usage or InvoiceLineKind.Correction && entry.Line.From >= from && entry.Line.Until <= until)
            .ToList();
        var customers = revenue.Select(entry => entry.Customer).ToHashSet();
        var costs = times.Where(spent => customers.Contains(spent.Party)).ToList();
        return new MarginReport(
            currency,
            Rows(revenue, entry => entry.Line.Model, costs, spent => spent.Model, costNanosPerDeviceSecond),
            Rows(revenue, entry => entry.Customer.Value, costs, spent => spent.Party.Value, costNanosPerDeviceSecond),
            Rows(revenue, entry => Last(entry.Line.GrantChain), costs, spent => Last(spent.GrantChain), costNanosPerDeviceSecond),
            "net amounts of issued invoices' lines about use in the period, corrections counted to the period that they correct, less device-seconds metered for the same customers in the period × the cost of a device-second");
    }

    private static List<MarginRow> Rows(
        List<(InvoiceLine Line, PartyId Customer)> revenue, Func<(InvoiceLine Line, PartyId Customer), string> ofLine, List<DeviceTime> costs, Func<DeviceTime, string> ofTime, long costNanos)
    {
        var rows = new SortedDictionary<string, (long Revenue, long Microseconds)>(StringComparer.Ordinal);
        foreach ((InvoiceLine Line, PartyId Customer) entry in revenue)
        {
            rows.TryGetValue(ofLine(entry), out (long Revenue, long Microseconds) sum);
            rows[ofLine(entry)] = (checked(sum.Revenue + entry.Line.Nanos), sum.Microseconds);
        }

        foreach (DeviceTime cost in costs)
        {
            rows.TryGetValue(ofTime(cost), out (long Revenue, long Microseconds) sum);
            rows[ofTime(cost)] = (sum.Revenue, checked(sum.Microseconds + cost.Microseconds));
        }

        return [.. rows.Select(row => new MarginRow(row.Key, row.Value.Revenue, CostOf(row.Value.Microseconds, costNanos)))];
    }

    private static long CostOf(long microseconds, long costNanosPerSecond) => checked((long)decimal.Round((decimal)microseconds * costNanosPerSecond / 1_000_000, 0, MidpointRounding.AwayFromZero));

    private static string Last(IReadOnlyList<GrantId> chain) => chain.Count == 0 ? "" : chain[^1].Value;
}
