namespace Lazuli.Contracts;

/// <summary>Invoices everybody who used something in a period. Thread-safe.</summary>
public interface IMonthClose
{
    /// <summary>Drafts and finalises an invoice for each customer of a seller; who has one for the period already keeps it, who used nothing gets none.</summary>
    /// <remarks>Works on sums that the store makes, a few customers at a time, so memory grows with customers and never with events. One customer's refusal does not stop the others.</remarks>
    Task<MonthCloseResult> CloseAsync(MonthCloseRequest request, CancellationToken cancellationToken);
}
