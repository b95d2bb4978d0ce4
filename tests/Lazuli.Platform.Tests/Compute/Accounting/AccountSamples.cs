using CsCheck;
using Lazuli.Compute;

namespace Lazuli.Platform.Tests;

/// <summary>Runs and rates to account for.</summary>
internal static class AccountSamples
{
    public static readonly DateTimeOffset Begin = new(2026, 9, 20, 0, 0, 0, TimeSpan.Zero);

    public static readonly ComputeRates Rates = new() { PerDeviceHour = 0.05m, PerKilowattHour = 0.3m, Devices = 4 };

    public static readonly Gen<ComputeUse> Use = Gen.Select(
        Gen.Long[0, 1_000_000_000], Gen.Double[0, 1e20], Gen.Double[0, 1e7], Gen.Double[0, 4], Gen.Double[1e6, 1e15], Gen.Double[0, 1e9],
        (tokens, flop, seconds, devices, peak, joules) => new ComputeUse(tokens, flop, seconds, seconds * devices, seconds * peak, joules));

    /// <summary>A run whose use grows from point to point, over up to four months.</summary>
    public static readonly Gen<RunFacts> AnyRun = Gen.Select(
        Use.Array[1, 12],
        Gen.Int[1, 10_000].Array[12],
        Gen.Int[0, 3],
        (uses, minutes, project) =>
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

            return Run("run", sum, at.AddSeconds(1)) with { Project = "p" + project, History = history };
        });

    public static RunFacts Run(string id, ComputeUse used, DateTimeOffset updatedAt) => new()
    {
        Id = id,
        Project = "default",
        Recipe = "tiny",
        Status = "finished",
        StartedAt = Begin,
        UpdatedAt = updatedAt,
        IsPeakKnown = true,
        FlopConvention = "counted",
        EnergySource = "estimated",
        Used = used,
    };

    /// <summary>Use of <paramref name="devices"/> devices of 5e10 FLOP/s each.</summary>
    public static ComputeUse UseOf(long tokens, double flop, double seconds, double joules, double devices = 2) => new(tokens, flop, seconds, seconds * devices, seconds * devices * 5e10, joules);

    public static CalendarMonth Month(string text) => CalendarMonth.TryParse(text, out CalendarMonth month) ? month : throw new ArgumentException(text);

    public static bool Near(double a, double b) => Math.Abs(a - b) <= 1e-9 * Math.Max(Math.Abs(a), Math.Abs(b));
}
