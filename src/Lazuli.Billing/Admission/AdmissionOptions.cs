using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Lazuli.Billing;

/// <summary>Settings of admission and metering; section <c>Admission</c>.</summary>
public sealed class AdmissionOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Admission";

    /// <summary>Name of this machine in the sources of meter events; each start gets a number of its own behind it.</summary>
    /// <value>Default <c>node</c>.</value>
    [Required]
    [RegularExpression("[a-z0-9][a-z0-9.-]{0,62}", ErrorMessage = "{0} is small letters, digits, dots and hyphens, such as node-1.")]
    public string Node { get; set; } = "node";

    /// <summary>Tokens held at a time: at admission, and each time the allowance runs short.</summary>
    /// <value>Default 128; from 1 to 65,536.</value>
    [Range(1, 65_536)]
    public int ChunkTokens { get; set; } = 128;

    /// <summary>Tokens between two durable marks of a stream: at most so many are lost to the seller when the server is killed.</summary>
    /// <value>Default 32; from 1 to 1,024.</value>
    [Range(1, 1_024)]
    public int MarkTokens { get; set; } = 32;

    /// <summary>The longest time between two durable marks of a stream that generates.</summary>
    /// <value>Default 1 second; from 10 ms to 1 minute.</value>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:01:00")]
    public TimeSpan MarkInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a request waits for money that running requests hold, before it is refused or its stream ends.</summary>
    /// <value>Default 5 seconds; from 0 to 1 minute.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan WaitForRelease { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Seconds that events are summed and sealed over; a divisor of 60. A database keeps the one it began with.</summary>
    /// <value>Default 60; 1 in demonstrations.</value>
    [AllowedValues(1, 2, 5, 10, 15, 20, 30, 60)]
    public int IntervalSeconds { get; set; } = 60;

    /// <summary>A process that writes nothing for this long while others look is taken for dead, and its requests are settled from their last marks.</summary>
    /// <value>Default 15 seconds; from 2 seconds to 10 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:02", "00:10:00")]
    public TimeSpan DeadAfter { get; set; } = TimeSpan.FromSeconds(15);
}

[OptionsValidator]
internal sealed partial class AdmissionOptionsValidator : IValidateOptions<AdmissionOptions>;
