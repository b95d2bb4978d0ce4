using Lazuli.Models;

namespace Lazuli.Training;

/// <summary>Short dialogues about documented members, made of XML documentation files.</summary>
/// <remarks>
/// Held-out is honest: members are counted once by id; all members of a declaring type, with every question about them, are on one
/// side (types that share a simple name count as one, so that short names cannot leak either); and a held-out item is dropped
/// when its summary is also a summary in training, letter case, spaces and punctuation aside. One question never has two answers.
/// </remarks>
public sealed class XmlDocumentationCorpus : ICorpus
{
    private readonly IReadOnlyList<CorpusDocument> _documents;

    private XmlDocumentationCorpus(string source, IReadOnlyList<CorpusDocument> documents, IReadOnlyList<HeldOutItem> heldOut, IReadOnlyList<NamedAnswer> training, CorpusReport report)
    {
        Source = source;
        _documents = documents;
        HeldOutItems = heldOut;
        TrainingAnswers = training;
        Report = report;
    }

    /// <inheritdoc/>
    public string Source { get; }

    /// <inheritdoc/>
    public string Licence => "the terms of the packages that carry the files (MIT for the .NET SDK and its reference packages)";

    /// <summary>The questions to judge a model by, in an order fixed by the seed.</summary>
    public IReadOnlyList<HeldOutItem> HeldOutItems { get; }

    /// <summary>Every name in training with its summary.</summary>
    public IReadOnlyList<NamedAnswer> TrainingAnswers { get; }

    /// <summary>What became of what was read; train, held-out and dropped count names, overloads together.</summary>
    public CorpusReport Report { get; }

    /// <summary>Reads documentation files, two at a time, and makes the corpus.</summary>
    /// <param name="paths">Files, or folders that are searched for <c>*.xml</c>.</param>
    /// <param name="options">Mix, share held out, seed.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    /// <exception cref="CorpusFormatException">A file is not XML documentation, or nothing documented was found.</exception>
    public static XmlDocumentationCorpus Read(IEnumerable<string> paths, XmlCorpusOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new XmlCorpusOptions();
        if (options.FindProblem() is { } problem)
        {
            throw new ArgumentException(problem, nameof(options));
        }

        string[] given = [.. paths];
        string[] files = ListFiles(given);
        var read = new List<DocumentedMember>[files.Length];
        try
        {
            Parallel.For(0, files.Length, new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = cancellationToken }, i => read[i] = XmlDocumentationFile.Read(files[i], cancellationToken));
        }
        catch (AggregateException e) when (e.InnerExceptions.OfType<CorpusFormatException>().OrderBy(x => x.Path, StringComparer.Ordinal).FirstOrDefault() is { } first)
        {
            throw new CorpusFormatException(first.Path, first.Place, first.Expected, first.Found, first);
        }

        var members = new Dictionary<string, DocumentedMember>(StringComparer.Ordinal);
        long count = 0;
        foreach (DocumentedMember member in read.SelectMany(m => m))
        {
            count++;
            members.TryAdd(member.Id, member);
        }

        if (members.Count == 0)
        {
            throw new CorpusFormatException(given.Length == 1 ? given[0] : $"{files.Length} files", "the whole corpus", "documented members", "none");
        }

        string source = files.Length == 1 ? Path.GetFileName(files[0]) : $"{files.Length} XML documentation files";
        return new XmlCorpusBuilder(members, options).Build(
            count, (documents, heldOut, training, report) => new XmlDocumentationCorpus(source, documents, heldOut, training, report));
    }

    /// <inheritdoc/>
    public IEnumerable<CorpusDocument> ReadDocuments(CancellationToken cancellationToken = default)
    {
        foreach (CorpusDocument document in _documents)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return document;
        }
    }

    private static string[] ListFiles(IReadOnlyList<string> paths)
    {
        var files = new List<string>();
        foreach (string path in paths)
        {
            if (Directory.Exists(path))
            {
                files.AddRange(Directory.EnumerateFiles(path, "*.xml", SearchOption.AllDirectories).Order(StringComparer.Ordinal));
            }
            else if (File.Exists(path))
            {
                files.Add(path);
            }
            else
            {
                throw new CorpusFormatException(path, "the path", "a file or a folder", "nothing there");
            }
        }

        return files.Count > 0 ? [.. files] : throw new CorpusFormatException(string.Join(", ", paths), "the whole corpus", "at least one .xml file", "none");
    }
}
