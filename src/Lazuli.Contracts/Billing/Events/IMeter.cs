namespace Lazuli.Contracts;

/// <summary>Records use that is no request: it is charged by the device-second, sealed, proven and invoiced as requests are. Thread-safe.</summary>
public interface IMeter
{
    /// <summary>Records a job; the same id again answers the same. Ends when it is durable, with its event and ledger entry.</summary>
    /// <exception cref="BillingRefusedException">No price a device-second is in force, a quantity cannot be, or the id was recorded with other content.</exception>
    Task<Settlement> RecordAsync(MeteredJob job, CancellationToken cancellationToken);
}
