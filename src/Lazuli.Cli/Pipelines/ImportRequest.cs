using Lazuli.Models;

namespace Lazuli.Cli;

/// <summary>A model to take into the home.</summary>
internal sealed record ImportRequest
{
    /// <summary>A GGUF file or a folder in the layout of Hugging Face.</summary>
    public required string Path { get; init; }

    /// <summary>Name in the registry; null for the model's own.</summary>
    public string? Name { get; init; }

    /// <summary>Licence; null for what the model says.</summary>
    public string? License { get; init; }

    /// <summary>Licence where the model says none; null for unknown.</summary>
    public string? LicenseOfOrigin { get; init; }

    /// <summary>The project whose owners the model is given to; null for the setting Compute.Project.</summary>
    public string? Project { get; init; }

    /// <summary>How matrices are to be stored; null for as they are.</summary>
    public GgufEncoding? Encoding { get; init; }

    /// <summary>Where it came from, in a few words; null for an import of the path.</summary>
    public string? Source { get; init; }

    /// <summary>Where it was fetched from; null for files of the user's.</summary>
    public HubOrigin? Origin { get; init; }

    /// <summary>Whether the files are ours alone, so that they may be given a second name instead of a copy.</summary>
    public bool IsOurs { get; init; }
}
