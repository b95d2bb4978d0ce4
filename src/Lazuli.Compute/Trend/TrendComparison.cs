using System.Globalization;

namespace Lazuli.Compute;

/// <summary>A run beside AlexNet (2012), the first system of the trend that everybody knows.</summary>
/// <param name="Flop">The run's operations.</param>
/// <param name="AlexNetFlop">AlexNet's operations, as "AI and Compute" has them: 0.0058 petaflop/s-days.</param>
public sealed record TrendComparison(double Flop, double AlexNetFlop)
{
    /// <summary>The run in petaflop/s-days of 8.64e19 operations.</summary>
    public double PetaflopDays => PetaflopDaysOf(Flop);

    /// <summary>How many times the run's compute AlexNet took.</summary>
    public double AlexNetTimesMore => AlexNetFlop / Flop;

    /// <summary>Both in a sentence.</summary>
    public string Sentence
    {
        get
        {
            string days = string.Create(CultureInfo.InvariantCulture, $"{PetaflopDays:0.0##e+0} petaflop/s-days");
            return AlexNetTimesMore >= 1
                ? $"your run: {days}; AlexNet (2012) took {TrendFigures.Times(AlexNetTimesMore)} times more"
                : $"your run: {days}; that is {TrendFigures.Times(1 / AlexNetTimesMore)} times AlexNet (2012)";
        }
    }

    private static double PetaflopDaysOf(double flop) => Compute.PetaflopDays.FromFlop(flop);
}
