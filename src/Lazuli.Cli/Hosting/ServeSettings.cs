using System.ComponentModel.DataAnnotations;

namespace Lazuli.Cli;

/// <summary>The HTTP server; section <c>Serve</c>.</summary>
internal sealed class ServeSettings
{
    public const string Section = "Serve";

    /// <summary>Address to listen on. The default answers this machine only.</summary>
    [Required]
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>TCP port.</summary>
    /// <value>Default 8080; from 0 (any free one) to 65535.</value>
    [Range(0, 65535)]
    public int Port { get; set; } = 8080;
}
