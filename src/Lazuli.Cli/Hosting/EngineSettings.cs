using System.ComponentModel.DataAnnotations;
using Lazuli.Numerics;

namespace Lazuli.Cli;

/// <summary>The inference engine; section <c>Engine</c>.</summary>
internal sealed class EngineSettings
{
    public const string Section = "Engine";

    /// <summary>Threads of the engine; 0 takes every processor.</summary>
    [Range(0, 1024)]
    public int Threads { get; set; }

    /// <summary>Answers generated at once; more wait.</summary>
    [Range(1, 256)]
    public int MaxSequences { get; set; } = 32;

    /// <summary>Requests that may wait; more are refused with 503.</summary>
    [Range(0, 100_000)]
    public int QueueLength { get; set; } = 128;

    /// <summary>How keys and values are kept: F16, Q8_0 (about half of F16's memory), or F32.</summary>
    public KeyValueFormat KeyValueFormat { get; set; } = KeyValueFormat.F16;

    /// <summary>Memory for keys and values, in MiB.</summary>
    [Range(1, 1 << 24)]
    public int KeyValueMebibytes { get; set; } = 1024;
}
