using Lazuli.Training;

namespace Lazuli.Cli;

/// <summary>Turns what a user names as a corpus into one.</summary>
internal static class CorpusSource
{
    /// <summary>Licence of the .NET reference packages, by the metadata of the packages.</summary>
    public const string ReferenceLicense = "MIT";

    // Ten thousand summaries that are C prototypes and instruction names ("__m128i _mm_add_epi8 ..."): not language, and nothing to answer from a name.
    private static readonly string[] s_instructionLists = ["System.Runtime.Intrinsics", "Windows.Win32"];

    /// <summary>Documentation XML makes question-and-answer dialogues; anything else is text. No paths: the SDK's reference documentation.</summary>
    /// <exception cref="CommandException">A path does not exist, or the SDK has no documentation.</exception>
    /// <exception cref="CorpusFormatException">A file cannot be used.</exception>
    public static ICorpus Open(IReadOnlyList<string> paths, double heldOutShare, ulong seed, CancellationToken cancellationToken)
    {
        var xml = new XmlCorpusOptions { HeldOutShare = heldOutShare, Seed = seed };
        if (paths.Count == 0)
        {
            IReadOnlyList<string> files = SdkReferenceFiles.Find();
            return files.Count > 0
                ? XmlDocumentationCorpus.Read(files, xml with { ExcludedNamespaces = s_instructionLists }, cancellationToken)
                : throw new CommandException("This .NET SDK carries no reference documentation; name files or folders as a corpus ('lazuli quickstart --fetch-reference' takes the documentation from NuGet).", ExitCode.NotReachable);
        }

        foreach (string path in paths)
        {
            if (!Path.Exists(path))
            {
                throw new CommandException($"There is no file or folder '{path}' to use as a corpus.", ExitCode.Usage);
            }
        }

        var text = new TextCorpusOptions { HeldOutShare = heldOutShare, Seed = seed };
        ICorpus[] parts = [.. paths.Select(p => CorpusReader.Open(p, xml, text, cancellationToken))];
        return parts.Length == 1 ? parts[0] : new JoinedCorpus(parts);
    }
}
