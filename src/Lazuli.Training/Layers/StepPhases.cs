using System.Diagnostics;

namespace Lazuli.Training;

/// <summary>Where the time of one step went. On a device that queues work these are times of queueing, not of doing.</summary>
internal sealed class StepPhases
{
    private long _last;

    /// <summary>Zeroing gradients, uploading tokens, and the forward pass up to the last norm.</summary>
    public TimeSpan Forward { get; private set; }

    /// <summary>Last norm, head, loss, and their gradients.</summary>
    public TimeSpan Head { get; private set; }

    /// <summary>Backward pass of blocks and embedding.</summary>
    public TimeSpan Backward { get; private set; }

    /// <summary>Norm, clipping, update, and reading the losses back.</summary>
    public TimeSpan Optimizer { get; private set; }

    /// <summary>The whole step.</summary>
    public TimeSpan Total => Forward + Head + Backward + Optimizer;

    /// <summary>Begins a step.</summary>
    public void Start()
    {
        Forward = Head = Backward = Optimizer = TimeSpan.Zero;
        _last = Stopwatch.GetTimestamp();
    }

    public void EndForward() => Forward += Lap();

    public void EndHead() => Head += Lap();

    public void EndBackward() => Backward += Lap();

    public void EndOptimizer() => Optimizer += Lap();

    private TimeSpan Lap()
    {
        long now = Stopwatch.GetTimestamp();
        TimeSpan lap = Stopwatch.GetElapsedTime(_last, now);
        _last = now;
        return lap;
    }
}
