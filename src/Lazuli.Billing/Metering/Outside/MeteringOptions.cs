using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Lazuli.Billing;

/// <summary>Settings of meter events from outside; section <c>Metering</c>.</summary>
public sealed class MeteringOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Metering";

    /// <summary>How far ahead of ours an emitter's clock may be.</summary>
    /// <value>Default 5 minutes; from 0 to 1 day.</value>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan FutureSkew { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How late an event may come; later ones wait for an operator.</summary>
    /// <value>Default 35 days; from 1 minute to 400 days.</value>
    [Range(typeof(TimeSpan), "00:01:00", "400.00:00:00")]
    public TimeSpan Grace { get; set; } = TimeSpan.FromDays(35);

    /// <summary>The most tokens of one event, prompt and generated together.</summary>
    /// <value>Default 10,000,000; to 1,000,000,000.</value>
    [Range(1, 1_000_000_000)]
    public long MostTokens { get; set; } = 10_000_000;

    /// <summary>The most device-seconds of one event.</summary>
    /// <value>Default 100,000,000, about a thousand devices for a day; to 1,000,000,000,000.</value>
    [Range(1, 1_000_000_000_000)]
    public long MostDeviceSeconds { get; set; } = 100_000_000;

    /// <summary>The most FLOP of one event.</summary>
    /// <value>Default 1e27.</value>
    [Range(1, 1e30)]
    public double MostFlop { get; set; } = 1e27;

    /// <summary>The most that one event may come to, in whole units of its currency.</summary>
    /// <value>Default 10,000; to 1,000,000.</value>
    [Range(1, 1_000_000)]
    public long MostUnits { get; set; } = 10_000;

    /// <summary>How many events may wait in quarantine; beyond, more that would have to are refused.</summary>
    /// <value>Default 10,000; to 1,000,000.</value>
    [Range(1, 1_000_000)]
    public int MostWaiting { get; set; } = 10_000;
}

[OptionsValidator]
internal sealed partial class MeteringOptionsValidator : IValidateOptions<MeteringOptions>;
