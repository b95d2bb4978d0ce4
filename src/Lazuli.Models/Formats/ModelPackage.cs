namespace Lazuli.Models;

/// <summary>All that a file or folder of a model is made from.</summary>
public sealed record ModelPackage
{
    /// <summary>The network's shape.</summary>
    public required ModelConfig Config { get; init; }

    /// <summary>Gives each parameter's values when they are written.</summary>
    public required ParameterSource Parameters { get; init; }

    /// <summary>The tokenizer.</summary>
    public required TokenizerFiles Tokenizer { get; init; }

    /// <summary>Jinja text of the chat format; null for a model that does not chat.</summary>
    public string? ChatTemplate { get; init; }

    /// <summary>How its texts become vectors; null where that is not said.</summary>
    public PoolingKind? Pooling { get; init; }

    /// <summary>Whether the beginning of a vector is a vector too.</summary>
    public bool CanShortenEmbeddings { get; init; }

    /// <summary>Where the model came from.</summary>
    public required ModelProvenance Provenance { get; init; }

    /// <summary>Checks that the parts of <paramref name="package"/> fit together and lays out its parameters.</summary>
    /// <exception cref="ArgumentException">The config has errors, or the tokenizer has more ids than the embedding has rows.</exception>
    internal static ParameterTable LayOut(ModelPackage package)
    {
        var table = new ParameterTable(package.Config);
        int ids = package.Tokenizer.Tokenizer.VocabularySize;
        if (ids > package.Config.VocabularySize)
        {
            throw new ArgumentException($"The tokenizer has {ids} ids, the model's embedding {package.Config.VocabularySize} rows; every id needs a row.", nameof(package));
        }

        return table;
    }
}
