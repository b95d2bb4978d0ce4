using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Lazuli.Contracts;
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

    /// <summary>How long a step may take while answers run beside a prompt.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan StepTarget { get; set; } = TimeSpan.FromMilliseconds(255);

    /// <summary>How much of the engine projects get beside others, such as <c>research=2,batch=0.5</c>; 1 for those not named.</summary>
    [RegularExpression("([^=,]+=[0-9]{1,6}([.][0-9]{1,6})?(,|$))*", ErrorMessage = "The setting {0} wants projects and numbers such as research=2,batch=0.5.")]
    public string ProjectWeights { get; set; } = "";

    /// <summary>How keys and values are kept: F16, Q8_0 (about half of F16's memory), or F32.</summary>
    public KeyValueFormat KeyValueFormat { get; set; } = KeyValueFormat.F16;

    /// <summary>Memory for keys and values, in MiB.</summary>
    [Range(1, 1 << 24)]
    public int KeyValueMebibytes { get; set; } = 1024;

    /// <summary>The weight of a party's project; null where all weigh 1.</summary>
    public Func<ComputeParty, double>? ReadWeights()
    {
        var weights = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (string entry in ProjectWeights.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            int at = entry.IndexOf('=', StringComparison.Ordinal);
            weights[entry[..at].Trim()] = double.Parse(entry.AsSpan(at + 1), CultureInfo.InvariantCulture);
        }

        return weights.Count == 0 ? null : party => weights.GetValueOrDefault(party.Project, 1);
    }
}
