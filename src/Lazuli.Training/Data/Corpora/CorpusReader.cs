namespace Lazuli.Training;

/// <summary>Opens whatever a person names as a corpus.</summary>
public static class CorpusReader
{
    /// <summary>XML documentation for an .xml file, or for a folder with .xml files and no text files; text for everything else.</summary>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    /// <exception cref="CorpusFormatException">What is there cannot be used.</exception>
    public static ICorpus Open(string path, XmlCorpusOptions? xml = null, TextCorpusOptions? text = null, CancellationToken cancellationToken = default) => IsDocumentation(path)
        ? XmlDocumentationCorpus.Read([path], xml, cancellationToken)
        : TextCorpus.Open(path, text, cancellationToken);

    private static bool IsDocumentation(string path)
    {
        if (!Directory.Exists(path))
        {
            return Path.GetExtension(path).Equals(".xml", StringComparison.OrdinalIgnoreCase);
        }

        var extensions = Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Select(f => Path.GetExtension(f).ToLowerInvariant()).ToHashSet(StringComparer.Ordinal);
        return extensions.Contains(".xml") && !extensions.Overlaps(TextCorpus.Extensions);
    }
}
