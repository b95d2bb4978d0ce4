using System.Buffers;
using Lazuli.Numerics;

namespace Lazuli.Models;

/// <summary>Writing the model again with other formats of weights.</summary>
public sealed partial class GgufModelFile
{
    /// <summary>Keys that say how this file is stored, not what the model is.</summary>
    private static readonly string[] s_ownKeys = ["general.alignment", "general.file_type", "general.quantization_version", "split.no", "split.count", "split.tensors.count"];

    /// <summary>
    /// Writes the model with its matrices stored otherwise; all keys (tokenizer, chat format, origin, unknown ones) are carried over byte for byte, weights whose format stays likewise.
    /// The file appears under its name whole and durable, or not at all.
    /// </summary>
    /// <param name="path">Name of the file to come; not this file.</param>
    /// <param name="encoding">How matrices are stored. From rounded weights this rounds again.</param>
    /// <exception cref="ArgumentException">The path is this file, or a weight does not fit the encoding, because it is NaN, infinite or too large.</exception>
    /// <exception cref="IOException">The file cannot be created, or the disk failed or is full.</exception>
    public void WriteAs(string path, GgufEncoding encoding)
    {
        if (System.IO.Path.GetFullPath(path) == System.IO.Path.GetFullPath(Path))
        {
            throw new ArgumentException($"'{path}' is the file that is read; give another name.", nameof(path));
        }

        var header = new GgufHeader();
        foreach (string key in Metadata.Keys.Except(s_ownKeys, StringComparer.Ordinal))
        {
            (GgufValue value, ReadOnlyMemory<byte> bytes) = Metadata.Raw(key);
            header.Add(key, value, bytes.Span);
        }

        header.Add("general.file_type", GgufMixture.FileType(encoding));
        header.Add("general.quantization_version", GgufMetadata.QuantizationVersion);
        List<GgufOutput> outputs = [.. _parts.Values.SelectMany(parts => parts).Select(part => Output(_byName[part.Name], part.Dimensions, GgufMixture.FormatOf(part, encoding, Config)))];
        if (Config.RopeScaling is not null && Find(GgufShape.RopeFactors) is { } factors)
        {
            outputs.Add(Output(factors, [factors.Columns], WeightFormat.F32));
        }

        GgufFile.Write(path, header, outputs);
    }

    private GgufOutput Output(MappedTensor tensor, IReadOnlyList<long> dimensions, WeightFormat format) => new()
    {
        Name = tensor.Name,
        Dimensions = dimensions,
        Format = format,
        Rows = tensor.Rows,
        Columns = tensor.Columns,
        Write = (row, bytes) =>
        {
            if (tensor.Format == format)
            {
                Row(tensor, row).CopyTo(bytes);
                return;
            }

            float[] values = ArrayPool<float>.Shared.Rent(tensor.Columns);
            WeightCodec.Dequantize(tensor.Format, Row(tensor, row), values.AsSpan(0, tensor.Columns));
            GgufOutput.Encode(tensor.Name, format, values.AsSpan(0, tensor.Columns), bytes);
            ArrayPool<float>.Shared.Return(values);
        },
    };
}
