using Lazuli.Contracts;

namespace Lazuli.Compute;

/// <summary>What serving one model for one key took.</summary>
/// <param name="Project">The project that it is counted to.</param>
/// <param name="Key">Id of the key; empty for what asked without one.</param>
/// <param name="Model">The model, <c>name@digest</c>.</param>
/// <param name="Account">The figures.</param>
public sealed record ServedModelAccount(string Project, string Key, string Model, ServingAccount Account)
{
    private const double SecondsPerHour = 3600;

    /// <summary>One account for each project, key and model of <paramref name="uses"/>.</summary>
    internal static IReadOnlyList<ServedModelAccount> Of(IEnumerable<ServingUse> uses, ComputeRates rates) =>
    [
        .. uses.GroupBy(u => (u.Project, u.Key, u.Model))
            .OrderBy(g => g.Key.Project, StringComparer.Ordinal).ThenBy(g => g.Key.Key, StringComparer.Ordinal).ThenBy(g => g.Key.Model, StringComparer.Ordinal)
            .Select(g => new ServedModelAccount(g.Key.Project, g.Key.Key, g.Key.Model, AccountOf([.. g], rates))),
    ];

    private static ServingAccount AccountOf(IReadOnlyCollection<ServingUse> uses, ComputeRates rates)
    {
        double deviceSeconds = uses.Sum(u => u.DeviceSeconds);
        double wattHours = deviceSeconds / SecondsPerHour * rates.WattsPerDevice;
        var work = new WorkAccount
        {
            Flop = uses.Sum(u => u.Flop),
            DeviceSeconds = deviceSeconds,
            EnergyWattHours = wattHours,
            MeasuredWattHours = 0,
            Cost = rates.Cost(deviceSeconds / SecondsPerHour, wattHours),
        };
        return ServingAccount.Make(uses.Sum(u => u.Requests), uses.Sum(u => u.PromptTokens), uses.Sum(u => u.GeneratedTokens), work, rates);
    }
}
