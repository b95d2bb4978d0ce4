namespace Lazuli.Compute;

/// <summary>Prices and assumptions that accounts are made with.</summary>
public sealed record ComputeRates
{
    private const int MicroUnits = 6;

    /// <summary>Currency of all money, ISO 4217.</summary>
    public string Currency { get; init; } = "EUR";

    /// <summary>Price of a device-hour; null when none is set.</summary>
    public decimal? PerDeviceHour { get; init; }

    /// <summary>Price of a kilowatt-hour; null when none is set.</summary>
    public decimal? PerKilowattHour { get; init; }

    /// <summary>Share of the peak assumed when FLOP are told by time.</summary>
    public double AssumedUtilisation { get; init; } = 0.33;

    /// <summary>Watts assumed for a device that serves.</summary>
    public double WattsPerDevice { get; init; } = 10;

    /// <summary>Devices of the installation.</summary>
    public int Devices { get; init; } = 1;

    /// <summary>Petaflop/s-days that a month may take; null when no budget is set.</summary>
    public double? MonthlyBudgetPetaflopDays { get; init; }

    /// <summary>Money that a month may take; null when no budget is set.</summary>
    public decimal? MonthlyBudgetMoney { get; init; }

    /// <summary>What cost leaves out, and why; null when it is whole.</summary>
    public string? CostNote => (PerDeviceHour, PerKilowattHour) switch
    {
        (null, null) => "cost is not known: neither Compute.PricePerDeviceHour nor Compute.PricePerKilowattHour is set",
        (null, _) => "cost is of energy only: Compute.PricePerDeviceHour is not set",
        (_, null) => "cost is of device-hours only: Compute.PricePerKilowattHour is not set",
        _ => null,
    };

    /// <summary>The rates that <paramref name="options"/> set.</summary>
    /// <param name="options">Settings.</param>
    /// <param name="machineThreads">Processor threads of this machine.</param>
    public static ComputeRates Of(ComputeOptions options, int machineThreads) => new()
    {
        Currency = options.Currency,
        PerDeviceHour = options.PricePerDeviceHour,
        PerKilowattHour = options.PricePerKilowattHour,
        AssumedUtilisation = (double)options.AssumedUtilisation,
        WattsPerDevice = (double)options.WattsPerThread * machineThreads,
        Devices = options.Devices,
        MonthlyBudgetPetaflopDays = (double?)options.MonthlyBudgetPetaflopDays,
        MonthlyBudgetMoney = options.MonthlyBudgetMoney,
    };

    /// <summary>What that costs, rounded to 10⁻⁶ of the currency; null when no price is set.</summary>
    public decimal? Cost(double deviceHours, double energyWattHours) =>
        UnroundedCost(deviceHours, energyWattHours) is { } cost ? decimal.Round(cost, MicroUnits) : null;

    /// <summary>What a million tokens of some work cost, rounded only at the end; null without tokens or prices.</summary>
    internal decimal? CostPerMillion(WorkAccount work, long tokens) =>
        tokens > 0 && UnroundedCost(work.DeviceHours, work.EnergyWattHours) is { } cost ? decimal.Round(cost / tokens * 1_000_000, MicroUnits) : null;

    private decimal? UnroundedCost(double deviceHours, double energyWattHours) =>
        PerDeviceHour is null && PerKilowattHour is null
            ? null
            : ((decimal)deviceHours * (PerDeviceHour ?? 0)) + ((decimal)energyWattHours / 1000 * (PerKilowattHour ?? 0));
}
