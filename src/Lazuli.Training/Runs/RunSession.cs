namespace Lazuli.Training;

/// <summary>The clocks of one sitting of a run: time and energy since the beginning, and what is due by them.</summary>
internal sealed class RunSession
{
    private readonly TimeProvider _time;
    private readonly CheckpointRecipe _checkpoints;
    private readonly SampleRecipe _samples;
    private readonly EnergyMeter _energy;
    private readonly double _secondsBefore;
    private readonly double _joulesBefore;
    private readonly double? _deviceSecondsBefore;
    private readonly double? _peakFlopBefore;
    private readonly double _devices;
    private readonly double? _peak;
    private readonly long _started;
    private double _lastCheckpointSeconds;
    private double _lastSampleSeconds;

    public RunSession(TrainerOptions options, Recipe recipe, TrainingState state, int threads)
    {
        _time = options.Time;
        _checkpoints = recipe.Checkpoints;
        _samples = recipe.Samples;
        _energy = new EnergyMeter(options.Time, threads);
        _secondsBefore = state.ElapsedSeconds;
        _joulesBefore = state.EnergyJoules;
        bool isNoted = state.ElapsedSeconds == 0 || state.DeviceSeconds > 0; // checkpoints from before these were kept have neither
        _deviceSecondsBefore = isNoted ? state.DeviceSeconds : null;
        _peakFlopBefore = isNoted ? state.PeakFlop : null;
        _devices = Math.Min(1, (double)threads / options.MachineThreads);
        _peak = options.PeakFlopPerSecond;
        _started = _time.GetTimestamp();
        _lastCheckpointSeconds = _secondsBefore;
        _lastSampleSeconds = _secondsBefore;
    }

    /// <summary>Seconds of training, over all sittings.</summary>
    public double ElapsedSeconds => _secondsBefore + SittingSeconds;

    /// <summary>Devices held × seconds, over all sittings: a device is this machine's processor, and some of its threads are that part of it.</summary>
    public double? DeviceSeconds => _deviceSecondsBefore + (SittingSeconds * _devices);

    /// <summary>FLOP that the devices could have done, over all sittings.</summary>
    public double? PeakFlop => _peakFlopBefore + (SittingSeconds * _peak);

    /// <summary>Joules, over all sittings.</summary>
    public double EnergyJoules => _joulesBefore + _energy.ReadJoules();

    /// <summary>How energy is known.</summary>
    public string EnergySource => _energy.Source;

    private double SittingSeconds => _time.GetElapsedTime(_started).TotalSeconds;

    /// <summary>The state with the clocks as they stand.</summary>
    public TrainingState Stamp(TrainingState state) => state with { ElapsedSeconds = ElapsedSeconds, DeviceSeconds = DeviceSeconds, PeakFlop = PeakFlop, EnergyJoules = EnergyJoules };

    /// <summary>Whether a checkpoint is due after <paramref name="step"/> steps.</summary>
    public bool IsCheckpointDue(long step) =>
        (_checkpoints.EverySteps > 0 && step % _checkpoints.EverySteps == 0)
        || (_checkpoints.EveryMinutes > 0 && ElapsedSeconds - _lastCheckpointSeconds >= _checkpoints.EveryMinutes * 60);

    /// <summary>Starts the clock of the next checkpoint.</summary>
    public void NoteCheckpoint() => _lastCheckpointSeconds = ElapsedSeconds;

    /// <summary>Whether samples are due after <paramref name="step"/> steps; if so, starts the clock of the next.</summary>
    public bool IsSampleDue(long step)
    {
        bool due = (_samples.EverySteps > 0 && step % _samples.EverySteps == 0)
            || (_samples.EverySeconds > 0 && ElapsedSeconds - _lastSampleSeconds >= _samples.EverySeconds);
        if (due)
        {
            _lastSampleSeconds = ElapsedSeconds;
        }

        return due;
    }
}
