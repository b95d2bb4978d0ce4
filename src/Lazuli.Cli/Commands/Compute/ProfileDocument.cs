using Lazuli.Compute;

namespace Lazuli.Cli;

/// <summary>Profiles as <c>--json</c> shows them: the fields of a profile file, with names for the kinds.</summary>
internal static class ProfileDocument
{
    public static object Of(HardwareProfile p) => new
    {
        p.Name,
        p.Description,
        peakFlopPerSecond = p.PeakFlopPerSecond.OrderBy(x => x.Key).ToDictionary(x => ComputeHardware.TypeName(x.Key), x => x.Value, StringComparer.Ordinal),
        trainingType = ComputeHardware.TypeName(p.TrainingType),
        p.MemoryBytes,
        p.MemoryBytesPerSecond,
        p.CacheBytes,
        p.Interconnect,
        p.DevicesPerHost,
        p.Watts,
        p.WattsSource,
        pricePerHour = p.Price,
        p.ProductShare,
        p.OperatorSeconds,
        status = ComputeHardware.StatusName(p.Status),
        p.MeasuredAt,
        p.Source,
    };

    public static object Of(NetworkProfile n) => new { n.Name, n.Description, n.Link.BytesPerSecond, n.Link.LatencySeconds, status = ComputeHardware.StatusName(n.Status), n.Source };
}
