namespace Lazuli.Training;

/// <summary>One timed step and the peak around it.</summary>
/// <param name="Seconds">The whole step.</param>
/// <param name="ForwardSeconds">Zeroing gradients and the forward pass up to the last norm.</param>
/// <param name="HeadSeconds">Last norm, head, loss, and their gradients.</param>
/// <param name="BackwardSeconds">Backward pass of blocks and embedding.</param>
/// <param name="OptimizerSeconds">Norm, clipping and update.</param>
/// <param name="Gflops">GFLOP/s of the step by formula.</param>
/// <param name="PeakBeforeGflops">The peak slice before it.</param>
/// <param name="PeakAfterGflops">The peak slice after it.</param>
public readonly record struct BenchmarkWindow(
    double Seconds, double ForwardSeconds, double HeadSeconds, double BackwardSeconds, double OptimizerSeconds, double Gflops, double PeakBeforeGflops, double PeakAfterGflops)
{
    /// <summary>Share of the mean of the two peak slices.</summary>
    public double PeakShare => Gflops / ((PeakBeforeGflops + PeakAfterGflops) / 2);
}
