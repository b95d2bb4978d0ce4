namespace Lazuli.Registry;

/// <summary>Which files of a repository make a model.</summary>
public abstract record HubChoice
{
    private HubChoice()
    {
    }

    /// <summary>A GGUF model.</summary>
    /// <param name="Parts">One file, or the parts of one in order.</param>
    public sealed record Gguf(IReadOnlyList<HubFile> Parts) : HubChoice;

    /// <summary>A model in the layout of Hugging Face.</summary>
    /// <param name="Files">Config, tokenizer, weights.</param>
    public sealed record Folder(IReadOnlyList<HubFile> Files) : HubChoice;

    /// <summary>Several GGUF models; the caller names one.</summary>
    /// <param name="Candidates">The first file of each.</param>
    public sealed record Several(IReadOnlyList<HubFile> Candidates) : HubChoice;

    /// <summary>No model that could be read.</summary>
    /// <param name="Reason">Why, as a sentence.</param>
    public sealed record None(string Reason) : HubChoice;
}
