using System.Globalization;
using System.Text;

namespace Lazuli.Proofs;

/// <summary>The end of a tile's path: <c>&lt;N&gt;[.p/&lt;W&gt;]</c>, N in groups of three digits, all but the last with an x in front.</summary>
internal static class TilePath
{
    /// <summary>No path of a tile that can exist is longer; longer ones are refused unread.</summary>
    public const int Longest = 64;

    private const string PartialMark = ".p/";

    public static string Format(long index, int width)
    {
        StringBuilder path = new((index % 1000).ToString("000", CultureInfo.InvariantCulture));
        for (long rest = index / 1000; rest > 0; rest /= 1000)
        {
            path.Insert(0, '/').Insert(0, (rest % 1000).ToString("000", CultureInfo.InvariantCulture)).Insert(0, 'x');
        }

        if (width < TileAddress.FullWidth)
        {
            path.Append(PartialMark).Append(width);
        }

        return path.ToString();
    }

    /// <summary>Accepts what <see cref="Format"/> writes and nothing else.</summary>
    public static bool TryParse(ReadOnlySpan<char> path, out long index, out int width)
    {
        ReadOnlySpan<char> whole = path;
        index = 0;
        width = TileAddress.FullWidth;
        int mark = path.IndexOf(PartialMark, StringComparison.Ordinal);
        if (mark >= 0)
        {
            if (!int.TryParse(path[(mark + PartialMark.Length)..], NumberStyles.None, CultureInfo.InvariantCulture, out width))
            {
                return false;
            }

            path = path[..mark];
        }

        Int128 number = 0;
        foreach (Range part in path.Split('/'))
        {
            ReadOnlySpan<char> group = path[part];
            bool last = part.End.GetOffset(path.Length) == path.Length;
            if (group.Length != (last ? 3 : 4) || !ushort.TryParse(last ? group : group[1..], NumberStyles.None, CultureInfo.InvariantCulture, out ushort digits))
            {
                return false;
            }

            number = (number * 1000) + digits;
            if (number > long.MaxValue)
            {
                return false;
            }
        }

        index = (long)number;
        return width is >= 1 and <= TileAddress.FullWidth && whole.SequenceEqual(Format(index, width));
    }
}
