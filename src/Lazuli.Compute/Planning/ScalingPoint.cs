namespace Lazuli.Compute;

/// <summary>A planned run on a number of devices.</summary>
/// <param name="Step">One step.</param>
/// <param name="Seconds">Seconds to the plan's loss.</param>
/// <param name="Efficiency">Progress a second and device, as a share of that of one device alone.</param>
public sealed record ScalingPoint(DataParallelStep Step, double Seconds, double Efficiency);
