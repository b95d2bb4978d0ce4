using System.Numerics;

namespace Lazuli.Compute;

/// <summary>A quantity at the month's end, against its budget.</summary>
/// <param name="Unit">Unit of all of them.</param>
/// <param name="Used">So far; null where it is not known.</param>
/// <param name="Forecast">At the month's end, linear from the month to date; null where it is not known, and in the first hour of a month.</param>
/// <param name="Budget">What the month may take; null when none is set.</param>
public sealed record BudgetForecast<T>(string Unit, T? Used, T? Forecast, T? Budget)
    where T : struct, INumber<T>
{
    /// <summary>Forecast − budget: above zero is over, below is under; null where one is not known.</summary>
    public T? Over => Forecast is { } forecast && Budget is { } budget ? forecast - budget : null;

    /// <summary>over, within, or why there is no telling.</summary>
    public string Standing => Budget is null ? "no budget is set" : Over is not { } over ? "not known" : over > T.Zero ? "over" : "within";
}
