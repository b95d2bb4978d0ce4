using Lazuli.Training;

namespace Lazuli.Models.Tests;

/// <summary>Documents from a list; fails after the last one where asked to.</summary>
internal sealed class ListCorpus(IEnumerable<CorpusDocument> documents, Exception? failure = null) : ICorpus
{
    public string Source => "a list";

    public string Licence => "none";

    public int Reads { get; private set; }

    public IEnumerable<CorpusDocument> ReadDocuments(CancellationToken cancellationToken = default)
    {
        Reads++;
        foreach (CorpusDocument document in documents)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return document;
        }

        if (failure is not null)
        {
            throw failure;
        }
    }
}
