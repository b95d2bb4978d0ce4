using System.Globalization;

namespace Lazuli.Training;

/// <summary>Text files as a corpus: .txt, .md and .cs as plain text, .jsonl as documents or dialogues; folders with all that is in them.</summary>
/// <remarks>
/// Files are streamed; what is kept is 16 bytes a document, to leave out those that occur twice. The split goes by document (a file,
/// or a line of .jsonl; dialogues with the same first question count as one), or by part of a file where there are fewer than
/// twenty files. Hidden files and links are passed over, and so are empty files inside folders.
/// </remarks>
public sealed class TextCorpus : ICorpus
{
    private const int FewFiles = 20;
    private const int MaxDocumentBytes = 1 << 20;

    private static readonly string[] s_extensions = [".txt", ".md", ".jsonl", ".cs"];

    private readonly (string Path, string Name)[] _files;
    private readonly TextCorpusOptions _options;
    private readonly bool _splitByPart;
    private double _heldOutBelow;

    private TextCorpus(string source, (string Path, string Name)[] files, TextCorpusOptions options)
    {
        Source = source;
        _files = files;
        _options = options;
        _heldOutBelow = options.HeldOutShare;
        _splitByPart = files.Count(f => !IsJsonLines(f.Path)) < FewFiles;
        Report = new CorpusReport(0, 0, 0, 0, 0);
    }

    /// <inheritdoc/>
    public string Source { get; }

    /// <inheritdoc/>
    public string Licence => _options.Licence;

    /// <summary>What became of what was read, in documents.</summary>
    public CorpusReport Report { get; private set; }

    /// <summary>The extensions that are read.</summary>
    public static IReadOnlyList<string> Extensions => s_extensions;

    /// <summary>Reads the files through once, checking every byte, and decides the split.</summary>
    /// <param name="path">A file or a folder.</param>
    /// <param name="options">Share held out, seed, licence.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    /// <exception cref="CorpusFormatException">A file is not text, is not what its extension says, or there is no text at all.</exception>
    public static TextCorpus Open(string path, TextCorpusOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new TextCorpusOptions();
        if (options.FindProblem() is { } problem)
        {
            throw new ArgumentException(problem, nameof(options));
        }

        var corpus = new TextCorpus(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))), ListFiles(path), options);
        corpus.Survey(path, cancellationToken);
        return corpus;
    }

    /// <inheritdoc/>
    public IEnumerable<CorpusDocument> ReadDocuments(CancellationToken cancellationToken = default)
    {
        var seen = new HashSet<UInt128>();
        foreach (RawDocument document in ReadRaw(cancellationToken))
        {
            if (seen.Add(document.Fingerprint()))
            {
                yield return document.On(SideOf(Fraction(document)));
            }
        }
    }

    private static (string Path, string Name)[] ListFiles(string path)
    {
        if (File.Exists(path))
        {
            return s_extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase)
                ? [(path, Path.GetFileName(path))]
                : throw new CorpusFormatException(path, "the extension", string.Join(", ", s_extensions), $"'{Path.GetExtension(path)}'");
        }

        if (!Directory.Exists(path))
        {
            throw new CorpusFormatException(path, "the path", "a file or a folder", "nothing there");
        }

        var all = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.Hidden | FileAttributes.System | FileAttributes.ReparsePoint };
        (string Path, string Name)[] files = [.. Directory.EnumerateFiles(path, "*", all)
            .Where(f => s_extensions.Contains(Path.GetExtension(f), StringComparer.OrdinalIgnoreCase))
            .Select(f => (f, Path.GetRelativePath(path, f).Replace(Path.DirectorySeparatorChar, '/')))
            .OrderBy(f => f.Item2, StringComparer.Ordinal)];
        return files.Length > 0 ? files : throw new CorpusFormatException(path, "the folder", $"files of {string.Join(", ", s_extensions)}", "none");
    }

    private static bool IsJsonLines(string path) => Path.GetExtension(path).Equals(".jsonl", StringComparison.OrdinalIgnoreCase);

    private void Survey(string path, CancellationToken cancellationToken)
    {
        var seen = new HashSet<UInt128>();
        long read = 0;
        long heldOut = 0;
        double least = double.MaxValue;
        double most = -1;
        foreach (RawDocument document in ReadRaw(cancellationToken))
        {
            read++;
            if (seen.Add(document.Fingerprint()))
            {
                double fraction = Fraction(document);
                heldOut += fraction < _heldOutBelow ? 1 : 0;
                least = Math.Min(least, fraction);
                most = Math.Max(most, fraction);
            }
        }

        if (read == 0)
        {
            throw new CorpusFormatException(path, "the whole corpus", "text", "none");
        }

        // Few documents can all fall on one side by chance; the one nearest to the border then changes over.
        if (heldOut == 0 && _options.HeldOutShare > 0 && least < most)
        {
            _heldOutBelow = Math.BitIncrement(least);
        }
        else if (heldOut == seen.Count)
        {
            _heldOutBelow = most;
        }

        if (_heldOutBelow != _options.HeldOutShare)
        {
            heldOut = ReadDocuments(cancellationToken).LongCount(d => d.Split == DataSplit.HeldOut);
        }

        Report = new CorpusReport(read, read - seen.Count, seen.Count - heldOut, heldOut, 0);
    }

    private DataSplit SideOf(double fraction) => fraction < _heldOutBelow ? DataSplit.HeldOut : DataSplit.Train;

    private double Fraction(RawDocument document) => StableHash.Fraction(document.Group, _options.Seed);

    private IEnumerable<RawDocument> ReadRaw(CancellationToken cancellationToken) => _files.SelectMany(f => IsJsonLines(f.Path)
        ? Utf8FileReader.ReadLines(f.Path, cancellationToken).Select(l => JsonLine.Read(f.Path, f.Name, l.Number, l.Line))
        : ReadText(f.Path, f.Name, cancellationToken));

    private IEnumerable<RawDocument> ReadText(string path, string name, CancellationToken cancellationToken)
    {
        // By parts, about two hundred a file, so that a twentieth of them is a fair sample of it.
        int partBytes = _splitByPart ? (int)Math.Clamp(new FileInfo(path).Length / 200, 2048, 65_536) : MaxDocumentBytes;
        int number = 0;
        foreach (string part in Utf8FileReader.ReadParts(path, partBytes, cancellationToken))
        {
            number++;
            if (!string.IsNullOrWhiteSpace(part))
            {
                string id = string.Create(CultureInfo.InvariantCulture, $"{name}#{number}");
                yield return new RawDocument(id, _splitByPart ? id : name, null, part);
            }
        }
    }
}
