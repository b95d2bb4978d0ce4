using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Lazuli.Gateway;

/// <summary>Settings of webhooks; section <c>Webhooks</c>.</summary>
public sealed class WebhookOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Webhooks";

    /// <summary>Whether endpoints may lie in private networks (10/8, 172.16/12, 192.168/16, 100.64/10, fc00::/7). Addresses of the link and of cloud metadata are refused all the same.</summary>
    /// <value>Default false.</value>
    public bool AllowPrivateNetworks { get; set; }

    /// <summary>Whether endpoints may be this machine itself, then over plain HTTP too: for trying things out.</summary>
    /// <value>Default false.</value>
    public bool AllowLoopback { get; set; }

    /// <summary>How long an endpoint may take to answer.</summary>
    /// <value>Default 15 seconds; from 1 second to 1 minute.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Endpoints that are called at the same time; each gets one event after the other.</summary>
    /// <value>Default 16; from 1 to 256.</value>
    [Range(1, 256)]
    public int Concurrency { get; set; } = 16;

    /// <summary>How often new events are looked for.</summary>
    /// <value>Default 1 second; from 50 ms to 1 minute.</value>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:01:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>An endpoint that has answered nothing well for so long is switched off.</summary>
    /// <value>Default 5 days; from 1 hour to 60 days.</value>
    [Range(typeof(TimeSpan), "01:00:00", "60.00:00:00")]
    public TimeSpan DisableAfter { get; set; } = TimeSpan.FromDays(5);

    /// <summary>How long deliveries that ended are kept, to be looked at and replayed.</summary>
    /// <value>Default 30 days; from 1 day to 1 year.</value>
    [Range(typeof(TimeSpan), "1.00:00:00", "366.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>File of the key that seals endpoints' secrets in the database: 32 bytes, base64. Gateways that share a database share it.</summary>
    /// <value>Default <c>keys/webhooks.key</c> in the home, made when it is missing.</value>
    public string? KeyFile { get; set; }
}

[OptionsValidator]
internal sealed partial class WebhookOptionsValidator : IValidateOptions<WebhookOptions>;
