namespace Lazuli.Numerics;

/// <summary>Limits of the machine with a given number of threads. Rates count 1e9 operations or bytes a second; each is the best of several short slices.</summary>
/// <param name="Threads">Threads that worked together.</param>
/// <param name="Tier">Instructions used.</param>
/// <param name="FmaGflopsPerSecond">Single-precision multiply-adds in registers, two operations each.</param>
/// <param name="Int8DotGopsPerSecond">Products of unsigned by signed bytes summed in 16 bits, two operations each; 0 where the tier has no such instruction.</param>
/// <param name="Int8SignedDotGopsPerSecond">Products of signed by signed bytes of any size summed in 32 bits, by the instructions that kernels of 8-bit weights use; 0 where the tier has none.</param>
/// <param name="ReadSmallPagesOneStreamGBPerSecond">Memory read by one ascending stream a thread, ordinary pages.</param>
/// <param name="ReadSmallPagesFourStreamsGBPerSecond">The same by four streams a thread: what streaming the weights of a mapped file can reach.</param>
/// <param name="ReadHugePagesOneStreamGBPerSecond">The same in huge pages, where the system gives them.</param>
/// <param name="ReadHugePagesFourStreamsGBPerSecond">Memory read by four streams a thread, huge pages: what streaming weights held in memory can reach.</param>
/// <param name="CopyGBPerSecond">Copy, bytes read and bytes written both counted.</param>
/// <param name="TriadGBPerSecond"><c>a = b + s · c</c>, two reads and one write counted.</param>
public sealed record MachineLimitsReport(
    int Threads,
    InstructionTier Tier,
    double FmaGflopsPerSecond,
    double Int8DotGopsPerSecond,
    double Int8SignedDotGopsPerSecond,
    double ReadSmallPagesOneStreamGBPerSecond,
    double ReadSmallPagesFourStreamsGBPerSecond,
    double ReadHugePagesOneStreamGBPerSecond,
    double ReadHugePagesFourStreamsGBPerSecond,
    double CopyGBPerSecond,
    double TriadGBPerSecond);
