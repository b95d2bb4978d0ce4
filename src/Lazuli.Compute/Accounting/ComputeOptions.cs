using System.ComponentModel.DataAnnotations;

namespace Lazuli.Compute;

/// <summary>How compute is accounted for; section <c>Compute</c>.</summary>
/// <remarks>Prices and assumed figures are applied when a report is made, so changing them changes the reports of past months too.</remarks>
public sealed class ComputeOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Compute";

    private const double MostMoney = 1e6;

    /// <summary>Project of runs and keys that name none.</summary>
    /// <value>Default <c>default</c>.</value>
    [Required]
    [RegularExpression(ProjectName.Pattern, ErrorMessage = "{0}: " + ProjectName.Rule + ".")]
    public string Project { get; set; } = "default";

    /// <summary>Currency of prices and budgets, three letters of ISO 4217.</summary>
    /// <value>Default <c>EUR</c>.</value>
    [Required]
    [RegularExpression("[A-Z]{3}", ErrorMessage = "{0} is three capital letters of ISO 4217, such as EUR.")]
    public string Currency { get; set; } = "EUR";

    /// <summary>Price of one device (a machine's processor, all its threads) for one hour, at work.</summary>
    /// <value>Not set by default; from 0 to 1,000,000.</value>
    [Range(0, MostMoney)]
    public decimal? PricePerDeviceHour { get; set; }

    /// <summary>Price of one kilowatt-hour.</summary>
    /// <value>Not set by default; from 0 to 1,000,000.</value>
    [Range(0, MostMoney)]
    public decimal? PricePerKilowattHour { get; set; }

    /// <summary>Share of the peak assumed when FLOP are told by time.</summary>
    /// <value>Default 0.33, which Amodei and Hernandez (2018) assume for GPUs (for CPUs 0.17); from 0.01 to 1.</value>
    [Range(0.01, 1.0)]
    public decimal AssumedUtilisation { get; set; } = 0.33m;

    /// <summary>Watts assumed for a busy processor thread, where nothing measures: serving's energy, and this machine's profile.</summary>
    /// <value>Default 10; from 0 to 1,000.</value>
    [Range(0, 1000)]
    public decimal WattsPerThread { get; set; } = 10;

    /// <summary>Devices that the installation has, for its utilisation.</summary>
    /// <value>Default 1; from 1 to 10,000,000.</value>
    [Range(1, 10_000_000)]
    public int Devices { get; set; } = 1;

    /// <summary>Petaflop/s-days, by count, that a calendar month may take.</summary>
    /// <value>Not set by default; from 0 to 1,000,000,000.</value>
    [Range(0, 1e9)]
    public decimal? MonthlyBudgetPetaflopDays { get; set; }

    /// <summary>Money, in <see cref="Currency"/>, that a calendar month may take.</summary>
    /// <value>Not set by default; from 0 to 1,000,000,000,000.</value>
    [Range(0, 1e12)]
    public decimal? MonthlyBudgetMoney { get; set; }
}
