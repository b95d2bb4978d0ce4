using System.Buffers;
using System.Text;
using System.Xml;

namespace Lazuli.Training;

/// <summary>Turns the markup of a summary into plain words on one line.</summary>
/// <remarks>
/// References by id stay as <see cref="ReferenceStart"/> id <see cref="ReferenceEnd"/> until all files are read, since the names
/// of type parameters stand at the member referred to. XML 1.0 cannot contain these two characters, so no text can pretend to be a mark.
/// </remarks>
internal static class SummaryReader
{
    public const char ReferenceStart = '\u0001';
    public const char ReferenceEnd = '\u0002';

    private const int MaxDepth = 64;

    /// <summary>Reads the element the reader stands on, leaving the reader on its end (or on itself when empty).</summary>
    public static string Read(XmlReader reader, StringBuilder scratch)
    {
        scratch.Clear();
        if (!reader.IsEmptyElement)
        {
            ReadContent(reader, scratch);
        }

        return Collapse(scratch);
    }

    /// <summary>Replaces marked ids by what <paramref name="name"/> calls them.</summary>
    public static string ResolveReferences(string text, Func<string, string> name)
    {
        int start = text.IndexOf(ReferenceStart, StringComparison.Ordinal);
        if (start < 0)
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        int from = 0;
        while (start >= 0)
        {
            int end = text.IndexOf(ReferenceEnd, start);
            result.Append(text, from, start - from).Append(name(text[(start + 1)..end]));
            from = end + 1;
            start = text.IndexOf(ReferenceStart, from);
        }

        return result.Append(text, from, text.Length - from).ToString();
    }

    private static void ReadContent(XmlReader reader, StringBuilder text)
    {
        int end = reader.Depth;
        while (reader.Read() && reader.Depth > end)
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace:
                    text.Append(reader.Value);
                    break;
                case XmlNodeType.Element:
                    ReadElement(reader, text);
                    break;
                default:
                    break;
            }
        }
    }

    private static void ReadElement(XmlReader reader, StringBuilder text)
    {
        if (reader.Depth > MaxDepth)
        {
            var position = (IXmlLineInfo)reader;
            throw new XmlException($"Elements are nested more than {MaxDepth} deep.", null, position.LineNumber, position.LinePosition);
        }

        bool empty = reader.IsEmptyElement;
        string element = reader.Name;
        switch (element)
        {
            case "see" or "seealso" or "xref" or "paramref" or "typeparamref" or "param":
                string words = WordsOfReference(reader);
                int before = text.Length;
                if (!empty)
                {
                    ReadContent(reader, text);
                }

                // What the author wrote inside stands for the reference: <see cref="…">the other one</see>.
                if (IsBlank(text, before))
                {
                    text.Append(words);
                }

                break;
            case "para" or "p" or "br" or "list" or "div" or "listheader":
                text.Append(' ');
                ReadInner();
                text.Append(' ');
                break;
            case "item":
                EndListEntry(text);
                ReadInner();
                break;
            case "term":
                ReadInner();
                TrimEnd(text);
                text.Append(": ");
                break;
            case "script":
                int kept = text.Length;
                ReadInner();
                text.Length = kept; // code, not prose
                break;
            default:
                ReadInner();
                break;
        }

        void ReadInner()
        {
            if (!empty)
            {
                ReadContent(reader, text);
            }
        }
    }

    private static string WordsOfReference(XmlReader reader)
    {
        if (reader.GetAttribute("cref") is { Length: > 0 } cref)
        {
            return Mark(cref);
        }

        if (reader.GetAttribute("uid") is { Length: > 0 } uid)
        {
            return Mark("!:" + uid);
        }

        return reader.GetAttribute("langword") ?? reader.GetAttribute("name") ?? reader.GetAttribute("ref") ?? reader.GetAttribute("href") ?? "";
    }

    private static string Mark(string id) => $"{ReferenceStart}{id}{ReferenceEnd}";

    private static bool IsBlank(StringBuilder text, int from)
    {
        for (int i = from; i < text.Length; i++)
        {
            if (!char.IsWhiteSpace(text[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static void TrimEnd(StringBuilder text)
    {
        while (text.Length > 0 && char.IsWhiteSpace(text[^1]))
        {
            text.Length--;
        }
    }

    private static void EndListEntry(StringBuilder text)
    {
        TrimEnd(text);
        if (text.Length > 0 && text[^1] is not ('.' or ':' or ';' or ',' or '!' or '?'))
        {
            text.Append(';');
        }

        text.Append(' ');
    }

    /// <summary>White space becomes single spaces, none at the ends and none before a closing mark.</summary>
    private static string Collapse(StringBuilder builder)
    {
        char[] rented = ArrayPool<char>.Shared.Rent(builder.Length);
        builder.CopyTo(0, rented, builder.Length);
        Span<char> text = rented.AsSpan(0, builder.Length);
        int length = 0; // of what is done, at the front of the same memory: it is never longer than what was read
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            bool afterSpace = length > 0 && text[length - 1] == ' ';
            if (char.IsWhiteSpace(c) || (char.IsControl(c) && c is not (ReferenceStart or ReferenceEnd)))
            {
                if (length == 0 || afterSpace)
                {
                    continue;
                }

                c = ' ';
            }
            else if (afterSpace && (c is ',' or ';' or ')' || (c == '.' && (i + 1 == text.Length || char.IsWhiteSpace(text[i + 1])))))
            {
                length--;
            }

            text[length++] = c;
        }

        string collapsed = text[..length].TrimEnd(' ').ToString();
        ArrayPool<char>.Shared.Return(rented);
        return collapsed;
    }
}
