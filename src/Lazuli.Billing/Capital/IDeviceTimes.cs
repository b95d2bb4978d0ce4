namespace Lazuli.Billing;

/// <summary>Metered device-time in sums, grouped by the store.</summary>
internal interface IDeviceTimes
{
    /// <summary>Sums of the requests that ended in the period.</summary>
    Task<IReadOnlyList<DeviceTime>> SumAsync(DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken);
}
