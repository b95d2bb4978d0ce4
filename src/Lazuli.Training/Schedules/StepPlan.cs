namespace Lazuli.Training;

/// <summary>How many steps a run has. Steps and tokens say so at once; a time budget is turned into steps by timing the first ones.</summary>
/// <remarks>
/// With a budget of minutes: after <see cref="ProbeSteps"/> steps (or a tenth of the budget, if those take longer) the number is fixed from their pace, the first
/// step left out since it also warms the machine up. On the plateau of a schedule, where the rate does not depend on the length of the run, the number is
/// corrected now and then by the pace so far, evaluations and samples included; once the decay has begun, or the run was resumed, it stands.
/// </remarks>
internal sealed class StepPlan
{
    public const int ProbeSteps = 6;

    private const double Margin = 0.98;
    private const int Corrections = 8;

    private readonly LearningRateSchedule _schedule;
    private readonly double _budgetSeconds;
    private readonly double _decayFraction;
    private readonly bool _fixed;
    private double _firstStepSeconds;
    private long _nextCorrection;

    public StepPlan(DurationRecipe duration, ScheduleRecipe schedule, long tokensPerStep, TrainingState state)
    {
        _schedule = new LearningRateSchedule(schedule);
        _decayFraction = schedule.Kind == ScheduleKind.Wsd ? schedule.DecayFraction : 0;
        if (duration.Minutes is double minutes)
        {
            _budgetSeconds = minutes * 60;
            TotalSteps = state.PlannedSteps;
            _fixed = state.PlannedSteps is not null;
            _nextCorrection = long.MaxValue;
        }
        else
        {
            TotalSteps = duration.Steps ?? ((duration.Tokens!.Value + tokensPerStep - 1) / tokensPerStep);
            _fixed = true;
        }
    }

    /// <summary>Steps of the whole run; null while they are not known.</summary>
    public long? TotalSteps { get; private set; }

    /// <summary>Share of the highest learning rate for the step after <paramref name="stepsDone"/> others. Before the plan stands, that of a run without end.</summary>
    public double RateShare(long stepsDone) => _schedule.ShareAt(stepsDone, TotalSteps ?? long.MaxValue);

    /// <summary>Whether the run is over.</summary>
    public bool IsOver(long stepsDone) => TotalSteps is long total && stepsDone >= total;

    /// <summary>Tells the plan how time went; returns true when it changed.</summary>
    public bool Observe(long stepsDone, double elapsedSeconds)
    {
        if (_fixed)
        {
            return false;
        }

        if (stepsDone == 1)
        {
            _firstStepSeconds = elapsedSeconds;
        }

        if (TotalSteps is null)
        {
            // One step says nothing: it pays for everything that happens once.
            return (stepsDone >= ProbeSteps || (stepsDone > 1 && elapsedSeconds >= _budgetSeconds / 10)) && Fix(stepsDone, elapsedSeconds);
        }

        return stepsDone >= _nextCorrection && stepsDone < _schedule.DecayStart(TotalSteps.Value) && Fix(stepsDone, elapsedSeconds);
    }

    private bool Fix(long stepsDone, double elapsedSeconds)
    {
        double secondsPerStep = stepsDone > 1 ? (elapsedSeconds - _firstStepSeconds) / (stepsDone - 1) : elapsedSeconds;
        double left = Math.Max(0, (_budgetSeconds * Margin) - elapsedSeconds);
        long total = stepsDone + (long)(left / Math.Max(secondsPerStep, 1e-9));
        if (TotalSteps is not null)
        {
            // No shorter than lets the decay begin now: the rate must not jump.
            total = Math.Max(total, (long)Math.Ceiling(stepsDone / Math.Max(1e-9, 1 - _decayFraction)));
        }

        bool changed = TotalSteps != total;
        TotalSteps = Math.Max(1, total);
        _nextCorrection = stepsDone + Math.Max(1, total / Corrections);
        return changed;
    }
}
