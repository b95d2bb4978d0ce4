using System.Globalization;
using System.Text;
using System.Xml;

namespace Lazuli.Training;

/// <summary>Streams the members of one documentation file: <c>doc/members/member</c>.</summary>
internal static class XmlDocumentationFile
{
    private const long MaxCharacters = 1L << 30;

    /// <summary>Reads every member that has a summary. Document type declarations are refused and nothing outside the file is fetched.</summary>
    /// <exception cref="CorpusFormatException">The file is not XML documentation.</exception>
    public static List<DocumentedMember> Read(string path, CancellationToken cancellationToken)
    {
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
            MaxCharactersInDocument = MaxCharacters,
        };
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
            using var reader = XmlReader.Create(stream, settings);
            return ReadMembers(path, reader, cancellationToken);
        }
        catch (XmlException e)
        {
            string place = e.LineNumber > 0 ? string.Create(CultureInfo.InvariantCulture, $"line {e.LineNumber}, column {e.LinePosition}") : "before the root element";
            throw new CorpusFormatException(path, place, "XML documentation (doc/members/member) without a document type declaration", e.Message, e);
        }
    }

    private static List<DocumentedMember> ReadMembers(string path, XmlReader reader, CancellationToken cancellationToken)
    {
        if (reader.MoveToContent() != XmlNodeType.Element || reader.Name != "doc")
        {
            throw new CorpusFormatException(path, "the root element", "<doc>, as compilers write documentation", $"<{reader.Name}>");
        }

        var members = new List<DocumentedMember>();
        var scratch = new StringBuilder();
        while (reader.Read())
        {
            if (reader.NodeType == XmlNodeType.Element && reader.Name == "member")
            {
                cancellationToken.ThrowIfCancellationRequested();
                string id = reader.GetAttribute("name") ?? "";
                if (!reader.IsEmptyElement && ReadMember(id, reader, scratch) is { Summary.Length: > 0 } member && IsMemberId(id))
                {
                    members.Add(member);
                }
            }
        }

        return members;
    }

    private static DocumentedMember ReadMember(string id, XmlReader reader, StringBuilder scratch)
    {
        int end = reader.Depth;
        string summary = "";
        List<string>? typeParameters = null;
        List<string>? parameters = null;
        bool read = reader.Read();
        while (read && reader.Depth > end)
        {
            if (reader.NodeType != XmlNodeType.Element)
            {
                read = reader.Read();
                continue;
            }

            switch (reader.Name)
            {
                case "summary" when summary.Length == 0:
                    summary = SummaryReader.Read(reader, scratch);
                    read = reader.Read();
                    break;
                case "typeparam":
                    (typeParameters ??= []).Add(reader.GetAttribute("name") ?? "");
                    reader.Skip();
                    break;
                case "param":
                    (parameters ??= []).Add(reader.GetAttribute("name") ?? "");
                    reader.Skip();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return new DocumentedMember(id, summary, typeParameters?.ToArray() ?? [], parameters?.ToArray() ?? []);
    }

    private static bool IsMemberId(string id) => id.Length > 2 && id[1] == ':' && id[0] is ('T' or 'M' or 'P' or 'F' or 'E');
}
