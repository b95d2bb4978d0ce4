using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Lazuli.Gateway;

/// <summary>Settings of the gateway; section <c>Gateway</c>.</summary>
public sealed class GatewayOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Gateway";

    /// <summary>Largest body of a request, in bytes.</summary>
    /// <value>Default 16 MiB; from 1 KiB to 1 GiB.</value>
    [Range(1024, 1 << 30)]
    public long MaxRequestBodyBytes { get; set; } = 16 << 20;

    /// <summary>How long a stream may be silent before a comment keeps it alive.</summary>
    /// <value>Default 15 seconds; from 10 milliseconds to 5 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:00.0100000", "00:05:00")]
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long running requests may go on after the server was told to stop; then their clients get an error.</summary>
    /// <value>Default 25 seconds; from 0 to 1 hour.</value>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>The party whose machines serve here. Models under an exclusive compute commitment are served on the committed provider's machines only, and not at all where this is not said.</summary>
    /// <value>Default none.</value>
    [RegularExpression("[a-z][a-z0-9-]{0,39}", ErrorMessage = "{0} is a party's id: small letters, digits and hyphens.")]
    public string? Provider { get; set; }
}

[OptionsValidator]
internal sealed partial class GatewayOptionsValidator : IValidateOptions<GatewayOptions>;
