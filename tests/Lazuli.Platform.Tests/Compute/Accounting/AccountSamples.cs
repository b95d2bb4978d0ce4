using CsCheck;
using Lazuli.Compute;

namespace Lazuli.Platform.Tests;

/// <summary>Runs and rates to account for.</summary>
internal static class AccountSamples
{
    public static readonly DateTimeOffset Begin = new(2026, 9, 20, 0, 0, 0, TimeSpan.Zero);

    public static readonly ComputeRates Rates = new() { PerDeviceHour = 0.05m, PerKilowattHour = 0.3m, Devices = 4 };

    public static readonly Gen<ComputeUse> Use = Gen.Select(
        Gen.Long[0, 1_000_000_000], Gen.Double[0, 1e20], Gen.Double[0, 1e7], Gen.Double[0, 1e9], (tokens, flop, seconds, joules) => new ComputeUse(tokens, flop, seconds, joules));

    /// <summary>A run whose use grows from point to point, over up to four months.</summary>
    public static readonly Gen<RunFacts> AnyRun = Gen.Select(
        Use.Array[1, 12],
        Gen.Int[1, 10_000].Array[12],
        Gen.Int[1, 64],
        Gen.Double[1e6, 1e15],
        Gen.Int[0, 3],
        (uses, minutes, devices, peak, project) =>
        {
            var history = new List<UsePoint>();
            ComputeUse sum = default;
            DateTimeOffset at = Begin;
            for (int i = 0; i < uses.Length; i++)
            {
                sum += uses[i];
                at = at.AddMinutes(minutes[i]);
                history.Add(new UsePoint(at, sum));
            }

            return Run("run", sum, at.AddSeconds(1)) with { Project = "p" + project, Devices = devices, PeakFlopPerSecond = peak, History = history };
        });

    public static RunFacts Run(string id, ComputeUse used, DateTimeOffset updatedAt) => new()
    {
        Id = id,
        Project = "default",
        Recipe = "tiny",
        Status = "finished",
        StartedAt = Begin,
        UpdatedAt = updatedAt,
        Devices = 2,
        PeakFlopPerSecond = 1e11,
        FlopConvention = "counted",
        EnergySource = "estimated",
        Used = used,
    };

    public static CalendarMonth Month(string text) => CalendarMonth.TryParse(text, out CalendarMonth month) ? month : throw new ArgumentException(text);

    public static bool Near(double a, double b) => Math.Abs(a - b) <= 1e-9 * Math.Max(Math.Abs(a), Math.Abs(b));
}
