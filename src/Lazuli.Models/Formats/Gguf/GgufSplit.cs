using System.Globalization;
using System.Text.RegularExpressions;
using Lazuli.Numerics;

namespace Lazuli.Models;

/// <summary>A GGUF model in several files, <c>name-00001-of-00003.gguf</c>: the first holds the keyed values, each some of the tensors.</summary>
public static partial class GgufSplit
{
    private const int MaxParts = 999;
    private const string CountKey = "split.count";
    private const string NumberKey = "split.no";
    private const string TensorsKey = "split.tensors.count";

    /// <summary>The files of the model that <paramref name="path"/> is of, in order: only it unless its name says that it is a part.</summary>
    /// <exception cref="GgufFormatException">It is not the first part, or a part is missing beside it.</exception>
    public static IReadOnlyList<string> PartsOf(string path)
    {
        Match match = PartName().Match(Path.GetFileName(path));
        if (!match.Success)
        {
            return [path];
        }

        string count = match.Groups["count"].Value;
        int parts = int.Parse(count, CultureInfo.InvariantCulture);
        if (parts is 0 or > MaxParts)
        {
            throw new GgufFormatException(path, "its name", $"1 to {MaxParts} parts", count);
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        string NameOf(int part) => string.Create(CultureInfo.InvariantCulture, $"{match.Groups["stem"].Value}-{part:D5}-of-{count}.gguf");
        if (match.Groups["number"].Value != "00001")
        {
            throw new GgufFormatException(path, "its name", $"the first part of the model ({NameOf(1)})", "another part");
        }

        string[] paths = [.. Enumerable.Range(1, parts).Select(part => Path.Combine(folder, NameOf(part)))];
        return Array.Find(paths, p => !File.Exists(p)) is { } missing
            ? throw new GgufFormatException(path, "its parts", $"all {parts} in one folder", $"no {Path.GetFileName(missing)}")
            : paths;
    }

    /// <summary>Joins parts into one file, weights and keyed values byte for byte. The file appears under its name whole and durable, or not at all; it is checked as a model when it is opened.</summary>
    /// <param name="parts">The files in order; at least one.</param>
    /// <param name="path">Name of the file to come.</param>
    /// <exception cref="GgufFormatException">A part breaks the format, or is not the one that the others say it is.</exception>
    /// <exception cref="IOException">A file cannot be read or created, or the disk failed or is full.</exception>
    public static void Join(IReadOnlyList<string> parts, string path)
    {
        ArgumentNullException.ThrowIfNull(parts);
        ArgumentOutOfRangeException.ThrowIfZero(parts.Count, nameof(parts));
        var files = new List<MappedFile>();
        try
        {
            var outputs = new Dictionary<string, GgufOutput>(StringComparer.Ordinal);
            var header = new GgufHeader();
            for (int i = 0; i < parts.Count; i++)
            {
                MappedFile file = Map(parts[i]);
                files.Add(file);
                GgufContents contents = GgufContents.Read(file);
                CheckPlace(contents.Values, i, parts.Count);
                if (i == 0)
                {
                    Copy(contents.Values, header);
                }

                foreach (MappedTensor tensor in contents.Tensors)
                {
                    if (!outputs.TryAdd(tensor.Name, Output(tensor)))
                    {
                        throw new GgufFormatException(parts[i], $"tensor '{tensor.Name}'", "a tensor in one part", "it in an earlier one too");
                    }
                }

                if (contents.Values.Number(TensorsKey, 0, int.MaxValue) is { } all && (i == parts.Count - 1 ? all != outputs.Count : all < outputs.Count))
                {
                    throw contents.Values.Bad(TensorsKey, $"{outputs.Count}, as the parts hold", $"{all}");
                }
            }

            GgufFile.Write(path, header, [.. outputs.Values]);
        }
        finally
        {
            files.ForEach(f => f.Dispose());
        }
    }

    private static MappedFile Map(string path)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        return stream.Length == 0 ? throw new GgufFormatException(path, "offset 0", "the mark 'GGUF'", "an empty file") : MappedFile.Open(stream);
    }

    private static void CheckPlace(GgufValues values, int index, int count)
    {
        if (values.Number(CountKey, 0, int.MaxValue) is var found && found != count)
        {
            throw values.Bad(CountKey, $"{count}, as the file's name says", found is null ? "nothing" : $"{found}");
        }

        if (values.Number(NumberKey, 0, int.MaxValue) is var number && number != index)
        {
            throw values.Bad(NumberKey, $"{index}, as the file's name says", number is null ? "nothing" : $"{number}");
        }
    }

    private static void Copy(GgufValues values, GgufHeader header)
    {
        foreach (string key in values.Keys.Where(k => k is not (CountKey or NumberKey or TensorsKey or "general.alignment")))
        {
            (GgufValue value, ReadOnlyMemory<byte> bytes) = values.Raw(key);
            header.Add(key, value, bytes.Span);
        }
    }

    private static GgufOutput Output(MappedTensor tensor)
    {
        long rowBytes = WeightFormats.RowBytes(tensor.Format, tensor.Columns);
        return new GgufOutput
        {
            Name = tensor.Name,
            Dimensions = tensor.Rows == 1 ? [tensor.Columns] : [tensor.Columns, tensor.Rows],
            Format = tensor.Format,
            Rows = tensor.Rows,
            Columns = tensor.Columns,
            Write = (row, bytes) => Row(tensor, row * rowBytes, bytes.Length).CopyTo(bytes),
        };
    }

    private static unsafe ReadOnlySpan<byte> Row(MappedTensor tensor, long offset, int length) => new((byte*)tensor.Address + offset, length);

    [GeneratedRegex("^(?<stem>.+)-(?<number>[0-9]{5})-of-(?<count>[0-9]{5})\\.gguf$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex PartName();
}
