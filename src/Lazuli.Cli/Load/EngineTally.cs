using Lazuli.Contracts;

namespace Lazuli.Cli;

/// <summary>Sums up what an engine did.</summary>
internal sealed class EngineTally : IEngineMeter
{
    private readonly Lock _gate = new();
    private double _flop;
    private double _seconds;

    /// <summary>FLOP by count, and the engine's seconds at work, since the last time they were taken.</summary>
    public (double Flop, double Seconds) Take()
    {
        lock (_gate)
        {
            (double Flop, double Seconds) taken = (_flop, _seconds);
            (_flop, _seconds) = (0, 0);
            return taken;
        }
    }

    public void Record(in EngineWork work)
    {
        lock (_gate)
        {
            _flop += work.Flop;
            _seconds += work.Seconds;
        }
    }
}
