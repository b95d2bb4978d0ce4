using Lazuli.Compute;

namespace Lazuli.Platform.Tests;

internal static class HardwareSamples
{
    /// <summary>A machine like the one that the lab log speaks of: 2 cores, 203 GFLOP/s, 34 GB/s.</summary>
    public static HardwareProfile Machine { get; } = new()
    {
        Name = "machine",
        Description = "two cores",
        PeakFlopPerSecond = new Dictionary<NumberType, double> { [NumberType.Fp32] = 203e9, [NumberType.Int8] = 681e9 },
        TrainingType = NumberType.Fp32,
        MemoryBytes = 24e9,
        MemoryBytesPerSecond = 34.3e9,
        CacheBytes = 32 << 20,
        Watts = 20,
        WattsSource = "assumed",
        Price = new DevicePrice(0.1m, "EUR", new DateOnly(2026, 11, 23), "a bill"),
        ProductShare = 0.91,
        OperatorSeconds = 5e-6,
        Source = "a test",
        Status = ProfileStatus.MeasuredHere,
        MeasuredAt = new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero),
    };

    public const string Json = """
        {
          "format": "lazuli-hardware/1",
          "version": "1",
          "profiles": [
            {
              "name": "box", "description": "a box", "status": "proposed", "source": "us",
              "peakFlopPerSecond": { "bf16": 1e14 }, "trainingType": "bf16",
              "memoryBytes": 1e10, "memoryBytesPerSecond": 1e12,
              "interconnect": { "bytesPerSecond": 1e11, "latencySeconds": 1e-6 }, "devicesPerHost": 4,
              "watts": 300, "wattsSource": "the plate",
              "pricePerHour": { "amount": 1.5, "currency": "EUR", "date": "2026-11-01", "source": "an offer" }
            }
          ],
          "networks": [ { "name": "wire", "description": "a wire", "bytesPerSecond": 1e9, "latencySeconds": 0, "source": "us", "status": "proposed" } ]
        }
        """;
}
