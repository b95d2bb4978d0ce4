using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Lazuli.Storage;

/// <summary>Settings of storage; section <c>Storage</c>.</summary>
public sealed class StorageOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Storage";

    /// <summary>The folder that holds everything.</summary>
    /// <value>Default <c>$LAZULI_HOME</c>, else <c>~/.lazuli</c>.</value>
    [Required]
    public string Home { get; set; } = LazuliHome.FromEnvironment().Root;

    /// <summary>A PostgreSQL database to keep everything in that is not a file, as Npgsql's connection string. A secret: it is in no log and no message.</summary>
    /// <value>Default none: SQLite files in <see cref="Home"/>.</value>
    [System.ComponentModel.PasswordPropertyText(true)]
    public string? Postgres { get; set; }

    /// <summary>Whether this process writes the transparency log, and seals metering under it. Of several gateways on one database exactly one does.</summary>
    /// <value>Default true.</value>
    public bool KeepsLog { get; set; } = true;

    /// <summary>The transparency log's name, which every checkpoint begins with; fixed once the log has a key.</summary>
    /// <value>Default <c>lazuli.local/log</c>; no spaces, no plus.</value>
    [Required, RegularExpression(@"[^\s+]+")]
    public string LogName { get; set; } = "lazuli.local/log";

    /// <summary>How long to wait for another process that has the database locked.</summary>
    /// <value>Default 5 seconds; from 0 to 5 minutes.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00")]
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(5);
}

[OptionsValidator]
internal sealed partial class StorageOptionsValidator : IValidateOptions<StorageOptions>;
