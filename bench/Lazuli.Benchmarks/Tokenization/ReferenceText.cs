using System.Text;
using System.Text.RegularExpressions;

namespace Lazuli.Benchmarks;

/// <summary>The documentation of .NET's reference assemblies as plain text: present wherever the SDK is, about 40 MB.</summary>
internal static partial class ReferenceText
{
    /// <summary>All text, tags stripped, a line a sentence or so.</summary>
    public static byte[] Read()
    {
        string root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", "..", "packs"));
        string part = $"{Path.DirectorySeparatorChar}ref{Path.DirectorySeparatorChar}net10.0{Path.DirectorySeparatorChar}";
        var text = new StringBuilder();
        foreach (string file in Directory.GetFiles(root, "*.xml", SearchOption.AllDirectories).Where(file => file.Contains(part, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            foreach (string line in File.ReadLines(file))
            {
                string plain = Tag().Replace(Named().Replace(line, "$1"), "").Trim();
                if (plain.Length > 0)
                {
                    text.Append(plain).Append(plain.EndsWith('.') ? '\n' : ' ');
                }
            }
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Documents of about <paramref name="size"/> bytes, cut after white space, up to <paramref name="limit"/> bytes in all.</summary>
    public static List<byte[]> Cut(byte[] text, int size, int limit)
    {
        var documents = new List<byte[]>();
        int total = Math.Min(limit, text.Length);
        for (int start = 0; start < total;)
        {
            int end = Math.Min(text.Length, start + size);
            while (end < text.Length && text[end - 1] is not ((byte)'\n' or (byte)' '))
            {
                end++;
            }

            documents.Add(text[start..end]);
            start = end;
        }

        return documents;
    }

    /// <summary>What a reader would see of a reference to a member or a keyword.</summary>
    [GeneratedRegex("<(?:see (?:cref|langword)|member name)=\"(?:[A-Z]:)?([^\"]*)\"[^>]*>")]
    private static partial Regex Named();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();
}
