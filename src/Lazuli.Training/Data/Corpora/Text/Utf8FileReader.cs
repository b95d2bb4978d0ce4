using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Lazuli.Training;

/// <summary>Streams a UTF-8 text file in parts, refusing anything that is not text and saying at which byte.</summary>
internal static class Utf8FileReader
{
    /// <summary>No line, and no part, is longer.</summary>
    public const int MaxPartBytes = 16 << 20;

    /// <summary>Parts of about <paramref name="partBytes"/> that end after a line where one ends, else after a whole character.</summary>
    /// <exception cref="CorpusFormatException">The file is not UTF-8 text.</exception>
    public static IEnumerable<string> ReadParts(string path, int partBytes, CancellationToken cancellationToken)
    {
        foreach ((byte[] bytes, int length, long offset) in Read(path, partBytes, wholeLines: false, cancellationToken))
        {
            yield return Decode(path, bytes.AsSpan(0, length), offset);
        }
    }

    /// <summary>The lines that hold more than white space, with their numbers from 1.</summary>
    /// <exception cref="CorpusFormatException">The file is not UTF-8 text, or a line is longer than <see cref="MaxPartBytes"/>.</exception>
    public static IEnumerable<(long Number, string Line)> ReadLines(string path, CancellationToken cancellationToken)
    {
        long number = 0;
        foreach ((byte[] bytes, int length, long offset) in Read(path, 1 << 20, wholeLines: true, cancellationToken))
        {
            string part = Decode(path, bytes.AsSpan(0, length), offset);
            for (int start = 0; start < part.Length;)
            {
                int end = part.IndexOf('\n', start);
                end = end < 0 ? part.Length : end;
                number++;
                string line = part[start..end];
                if (!string.IsNullOrWhiteSpace(line))
                {
                    yield return (number, line);
                }

                start = end + 1;
            }
        }
    }

    private static IEnumerable<(byte[] Bytes, int Length, long Offset)> Read(string path, int partBytes, bool wholeLines, CancellationToken cancellationToken)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan);
        byte[] buffer = new byte[Math.Max(partBytes, 64)];
        int held = 0;
        long offset = 0;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int got = stream.ReadAtLeast(buffer.AsSpan(held), buffer.Length - held, throwOnEndOfStream: false);
            int available = held + got;
            bool last = available < buffer.Length;
            if (offset == 0 && buffer.AsSpan(0, available).StartsWith("\uFEFF"u8))
            {
                offset = 3;
                available -= 3;
                buffer.AsSpan(3, available).CopyTo(buffer);
            }

            int cut = last ? available : CutAt(buffer.AsSpan(0, available), wholeLines);
            if (cut == 0 && !last)
            {
                if (buffer.Length >= MaxPartBytes)
                {
                    throw new CorpusFormatException(path, Byte(offset), $"a line of at most {MaxPartBytes} bytes", "a longer one");
                }

                Array.Resize(ref buffer, Math.Min(MaxPartBytes, buffer.Length * 2));
                held = available;
                continue;
            }

            if (cut > 0)
            {
                yield return (buffer, cut, offset);
            }

            if (last)
            {
                yield break;
            }

            offset += cut;
            held = available - cut;
            buffer.AsSpan(cut, held).CopyTo(buffer);
        }
    }

    private static int CutAt(ReadOnlySpan<byte> bytes, bool wholeLines)
    {
        int line = bytes.LastIndexOf((byte)'\n') + 1;
        if (line > 0 || wholeLines)
        {
            return line;
        }

        int end = bytes.Length;
        while (end > bytes.Length - 4 && (bytes[end - 1] & 0xC0) == 0x80)
        {
            end--; // continuation bytes of a character that may go on in the next part
        }

        return end - 1;
    }

    private static string Decode(string path, ReadOnlySpan<byte> bytes, long offset)
    {
        int zero = bytes.IndexOf((byte)0);
        if (zero >= 0)
        {
            throw new CorpusFormatException(path, Byte(offset + zero), "UTF-8 text", "a zero byte, as binary files and UTF-16 text have");
        }

        if (Utf8.IsValid(bytes))
        {
            return Encoding.UTF8.GetString(bytes);
        }

        int at = 0;
        while (Rune.DecodeFromUtf8(bytes[at..], out _, out int consumed) == OperationStatus.Done)
        {
            at += consumed;
        }

        throw new CorpusFormatException(path, Byte(offset + at), "UTF-8 text", string.Create(CultureInfo.InvariantCulture, $"0x{bytes[at]:X2}, which no character has there"));
    }

    private static string Byte(long offset) => string.Create(CultureInfo.InvariantCulture, $"byte {offset}");
}
