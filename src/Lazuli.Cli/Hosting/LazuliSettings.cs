using System.ComponentModel.DataAnnotations;

namespace Lazuli.Cli;

/// <summary>Every setting of an installation, by section. Sources, weakest first: defaults, <c>config.json</c>, <c>LAZULI__Section__Key</c>, flags.</summary>
internal sealed class LazuliSettings
{
    public ServeSettings Serve { get; set; } = new();

    public EngineSettings Engine { get; set; } = new();
}

/// <summary>The HTTP server; section <c>Serve</c>.</summary>
internal sealed class ServeSettings
{
    /// <summary>Address to listen on. The default answers this machine only.</summary>
    [Required]
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>TCP port.</summary>
    /// <value>Default 8080; from 0 (any free one) to 65535.</value>
    [Range(0, 65535)]
    public int Port { get; set; } = 8080;

    /// <summary>How long running answers may take to end after a stop was asked, in seconds.</summary>
    [Range(0, 3600)]
    public int DrainSeconds { get; set; } = 30;
}

/// <summary>The inference engine; section <c>Engine</c>.</summary>
internal sealed class EngineSettings
{
    /// <summary>Threads of the engine; 0 takes every processor.</summary>
    [Range(0, 1024)]
    public int Threads { get; set; }

    /// <summary>Requests answered at once; more wait.</summary>
    [Range(1, 256)]
    public int MaxSequences { get; set; } = 16;

    /// <summary>Requests that may wait; more are refused with 503.</summary>
    [Range(0, 100_000)]
    public int QueueLength { get; set; } = 64;
}
