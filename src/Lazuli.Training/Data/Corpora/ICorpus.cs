namespace Lazuli.Training;

/// <summary>A body of documents, split into training and held-out.</summary>
public interface ICorpus
{
    /// <summary>Where the text comes from, in words.</summary>
    string Source { get; }

    /// <summary>Under which terms it stands, in words.</summary>
    string Licence { get; }

    /// <summary>Streams the documents: the same ones in the same order every time.</summary>
    /// <exception cref="CorpusFormatException">A file cannot be used.</exception>
    IEnumerable<CorpusDocument> ReadDocuments(CancellationToken cancellationToken = default);
}
