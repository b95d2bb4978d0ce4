namespace Lazuli.Compute;

/// <summary>What a plan is asked for.</summary>
public sealed record PlanRequest
{
    /// <summary>Operations that the run may take; exactly one of this and <see cref="Hours"/>.</summary>
    public ComputeBudget? Budget { get; init; }

    /// <summary>Hours that the run may take on the hardware.</summary>
    public double? Hours { get; init; }

    /// <summary>Devices, 1 to <see cref="Planner.MostNodes"/>.</summary>
    public int Nodes { get; init; } = 1;

    /// <summary>The device.</summary>
    public required HardwareProfile Hardware { get; init; }

    /// <summary>The network between hosts.</summary>
    public required NetworkProfile Network { get; init; }

    /// <summary>How loss is foretold.</summary>
    public required LossForecast Forecast { get; init; }

    /// <summary>What many devices are assumed to do.</summary>
    public DataParallelAssumptions Assumptions { get; init; } = new();

    /// <summary>Vocabulary; null to choose by size.</summary>
    public int? VocabularySize { get; init; }

    /// <summary>Tokens of a row; null to choose by size.</summary>
    public int? ContextLength { get; init; }

    /// <summary>Price of a device-hour where the profile has none; null where not known.</summary>
    public decimal? PricePerDeviceHour { get; init; }

    /// <summary>Price of a kilowatt-hour; null where energy is in the price of the device, or not known.</summary>
    public decimal? PricePerKilowattHour { get; init; }

    /// <summary>Currency of both, ISO 4217.</summary>
    public string Currency { get; init; } = "EUR";
}
