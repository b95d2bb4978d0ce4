namespace Lazuli.Compute;

/// <summary>How much of the installation was at work.</summary>
/// <param name="Devices">Devices that it has: machines' processors.</param>
/// <param name="BusyDeviceSeconds">Devices × seconds at work, training and serving.</param>
/// <param name="AvailableDeviceSeconds">Devices × seconds of the month that went by.</param>
public sealed record Utilisation(int Devices, double BusyDeviceSeconds, double AvailableDeviceSeconds)
{
    /// <summary>Busy ÷ available; null in the month's first instant. Above 1 when work shared devices.</summary>
    public double? Share => AvailableDeviceSeconds > 0 ? BusyDeviceSeconds / AvailableDeviceSeconds : null;
}
