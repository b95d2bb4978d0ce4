using System.Globalization;

namespace Lazuli.Compute;

/// <summary>The definition of every figure that accounts print.</summary>
public static class ComputeDefinitions
{
    /// <summary>Figures of a run.</summary>
    public static IReadOnlyList<ComputeDefinition> OfRuns(ComputeRates rates) =>
    [
        new("FLOP by count", "FLOP", "method 1: floating-point operations of forward and backward passes of the tokens trained on, additions and multiplications each counted; convention causal-half: 6N + 6·L·C·T a token (N weights in matrix products with the head, L layers, C heads × head size, T tokens of a row), the head only where a token has a target; evaluations and recomputation not counted"),
        new("petaflop/s-days", "8.64e19 FLOP", "FLOP by count ÷ 8.64e19"),
        new("FLOP by time", "FLOP", string.Create(CultureInfo.InvariantCulture, $"method 2: seconds × peak of the devices × {rates.AssumedUtilisation:0.##}, an assumed utilisation (Amodei and Hernandez, 2018: 0.33 for GPUs, 0.17 for CPUs, unless known); the peak is fp32 fused multiply-add in registers, measured before each sitting on the threads it used")),
        new("count/time", "ratio", "FLOP by count ÷ FLOP by time; 1 where the assumption holds"),
        new("MFU", "% of the measured peak", "model FLOP utilisation: FLOP by count ÷ (seconds × peak of the devices), summed over sittings; seconds include evaluations, checkpoints and the optimizer; nothing is recomputed, so HFU is the same"),
        new("device", "machine", "a machine's processor, as compute hardware lists it; work on some of its threads holds that part of it"),
        new("status", "word", "the registry's: running stands also for a run whose process was killed"),
        new("device-hours", "h", "devices × hours that they were held"),
        new("energy", "Wh", "measured (RAPL, the whole machine: runs side by side each count all of it) or estimated (watts assumed for each busy thread), as its source says"),
        new("cost", rates.Currency, "device-hours × Compute.PricePerDeviceHour + kWh × Compute.PricePerKilowattHour, to 10⁻⁶, with the prices set now"),
    ];

    /// <summary>Figures of a month: those of a run, and more.</summary>
    public static IReadOnlyList<ComputeDefinition> OfReports(ComputeRates rates) =>
    [
        .. OfRuns(rates),
        new("month", "UTC", "a training step counts in the month in which it ended; serving counts by day"),
        new("serving FLOP", "FLOP", "by count: 2N + 4·L·C·t a token fed to the model (t its position in the text), the head only where a token is chosen; training's convention, forward pass only"),
        new("serving device-hours", "h", "time of the engine's forward passes × the part of the device that its threads are, shared by the requests of a step in proportion to their tokens"),
        new("serving energy", "Wh", string.Create(CultureInfo.InvariantCulture, $"estimated: serving device-hours × {rates.WattsPerDevice:0.##} W a device (Compute.WattsPerThread × threads)")),
        new("utilisation", "%", string.Create(CultureInfo.InvariantCulture, $"device-seconds of training and serving ÷ ({rates.Devices} devices × seconds of the month gone by); above 100 when work shared devices")),
        new("cost per million tokens trained", rates.Currency, "training cost ÷ tokens trained on × 1e6"),
        new("cost per million tokens generated", rates.Currency, "serving cost, prompts included, ÷ tokens generated × 1e6"),
        new("forecast", "as its row", "linear, month to date: used so far ÷ share of the month gone by; the month itself once it is over"),
        new("over or within", "as its row", "forecast − budget (Compute.MonthlyBudgetPetaflopDays, Compute.MonthlyBudgetMoney); above 0 is over"),
    ];
}
