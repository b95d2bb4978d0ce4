namespace Lazuli.Cli;

/// <summary>What a level made of the engine, where it runs in this process.</summary>
/// <param name="BusyShare">Share of the level's time that the engine was at work.</param>
/// <param name="Gflops">1e9 operations a second of the level's time, by formula; an operation is a multiplication or an addition.</param>
/// <param name="PeakGflops">fp32 multiply-add peak, the best slice taken before and after the level.</param>
/// <param name="FmaShare">Share of that peak.</param>
internal sealed record EngineShare(double BusyShare, double Gflops, double PeakGflops, double FmaShare);
