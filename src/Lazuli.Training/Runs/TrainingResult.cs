namespace Lazuli.Training;

/// <summary>How a run ended.</summary>
/// <param name="Completed">False when it was cancelled; the checkpoint then holds what was done.</param>
/// <param name="Steps">Steps done, over all sittings.</param>
/// <param name="Tokens">Tokens read.</param>
/// <param name="Loss">Loss of the last step in nats a target; null where this sitting had none.</param>
/// <param name="HeldOut">The last evaluation of this sitting, if there was one.</param>
/// <param name="Flop">FLOP by formula.</param>
/// <param name="FlopByTime">FLOP by time: seconds × peak, over all sittings, × share of the peak assumed; null where the peak is not known.</param>
/// <param name="AssumedUtilisation">The share assumed in <paramref name="FlopByTime"/>.</param>
/// <param name="ElapsedSeconds">Seconds of training, over all sittings.</param>
/// <param name="EnergyJoules">Joules, as <paramref name="EnergySource"/> says.</param>
/// <param name="EnergySource">How energy is known.</param>
/// <param name="CheckpointDirectory">The last checkpoint.</param>
public sealed record TrainingResult(
    bool Completed, long Steps, long Tokens, double? Loss, EvaluationMetrics? HeldOut, double Flop, double? FlopByTime, double AssumedUtilisation,
    double ElapsedSeconds, double EnergyJoules, string EnergySource, string CheckpointDirectory)
{
    /// <summary>FLOP by formula in petaflop/s-days (8.64·10¹⁹ FLOP).</summary>
    public double PetaflopDays => Flop / 8.64e19;
}
