using Lazuli.Training;

namespace Lazuli.Cli;

/// <summary>Several corpora, one after another; each has split itself.</summary>
internal sealed class JoinedCorpus(IReadOnlyList<ICorpus> parts) : ICorpus
{
    public string Source => string.Join("; ", parts.Select(p => p.Source));

    public string Licence => string.Join("; ", parts.Select(p => p.Licence).Distinct(StringComparer.Ordinal));

    public IEnumerable<CorpusDocument> ReadDocuments(CancellationToken cancellationToken = default) => parts.SelectMany(p => p.ReadDocuments(cancellationToken));
}
