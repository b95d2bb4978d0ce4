namespace Lazuli.Compute;

/// <summary>A step as predicted and as measured, at the peak that was measured with it.</summary>
/// <param name="Name">The run or benchmark.</param>
/// <param name="PredictedSeconds">Predicted seconds of a step on a device with <paramref name="Peak"/>.</param>
/// <param name="MeasuredSeconds">Measured seconds of a step.</param>
/// <param name="Peak">Operations a second measured with the run, or of the profile where the run has none.</param>
/// <param name="Flop">FLOP of the step.</param>
public sealed record StepComparison(string Name, double PredictedSeconds, double MeasuredSeconds, double Peak, double Flop)
{
    /// <summary>Predicted ÷ measured − 1.</summary>
    public double Error => (PredictedSeconds / MeasuredSeconds) - 1;

    /// <summary>Predicted share of the peak.</summary>
    public double PredictedShare => Flop / (PredictedSeconds * Peak);

    /// <summary>Measured share of the peak.</summary>
    public double MeasuredShare => Flop / (MeasuredSeconds * Peak);

    /// <summary>Compares a measured step with the model's on <paramref name="profile"/>, its training peak replaced by the one measured with the step.</summary>
    /// <remarks>A machine that others use is slower as a whole: in units of its peak of that moment, runs of different hours compare.</remarks>
    public static StepComparison Of(string name, HardwareProfile profile, StepWork work, double measuredSeconds, double? peakFlopPerSecond)
    {
        double peak = peakFlopPerSecond ?? profile.TrainingPeak;
        var then = profile with { PeakFlopPerSecond = new Dictionary<NumberType, double>(profile.PeakFlopPerSecond) { [profile.TrainingType] = peak } };
        return new StepComparison(name, new StepTimeModel(then).Predict(work).Seconds, measuredSeconds, peak, work.Flop);
    }
}
