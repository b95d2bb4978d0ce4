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

    /// <summary>File with the certificate, and those that stand behind it, as PEM; the server then speaks TLS only.</summary>
    /// <value>Default none: plain HTTP.</value>
    public string Certificate { get; set; } = "";

    /// <summary>File with the certificate's private key as PEM, without a password.</summary>
    /// <value>Default none: the key stands in the certificate's file.</value>
    public string CertificateKey { get; set; } = "";
}
