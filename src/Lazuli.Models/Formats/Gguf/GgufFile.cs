using System.Runtime.InteropServices;

namespace Lazuli.Models;

/// <summary>Writes GGUF, version 3: one file with weights, shape, tokenizer and chat format, as llama.cpp and its kin load it.</summary>
public static class GgufFile
{
    private const int BufferBytes = 1 << 20;

    /// <summary>Writes a model. The file appears under its name whole and durable, or not at all; one parameter at a time is in memory.</summary>
    /// <param name="path">Name of the file to come.</param>
    /// <param name="package">The model.</param>
    /// <param name="encoding">How matrices are stored.</param>
    /// <exception cref="ArgumentException">The parts of the model do not fit together, or a weight does not fit the encoding.</exception>
    /// <exception cref="IOException">The file cannot be created, or the disk failed or is full.</exception>
    public static void Write(string path, ModelPackage package, GgufEncoding encoding)
    {
        ParameterTable table = ModelPackage.LayOut(package);
        IReadOnlyList<GgufTensor> tensors = GgufTensors.Of(table, encoding);
        var header = new GgufHeader();
        GgufMetadata.Add(header, package, table, encoding);
        byte[] head = header.Build(tensors);
        using var file = new StagedFile(path, head.Length + tensors.Sum(t => GgufHeader.Align(t.ByteLength)));
        file.Write(head, 0);
        WriteTensors(file, head.Length, tensors, package.Parameters);
        file.Commit();
    }

    private static void WriteTensors(StagedFile file, long start, IReadOnlyList<GgufTensor> tensors, ParameterSource source)
    {
        ParameterInfo? current = null;
        float[] values = [];
        long offset = start;
        foreach (GgufTensor tensor in tensors)
        {
            if (!ReferenceEquals(current, tensor.Parameter))
            {
                int length = checked((int)tensor.Parameter.Length);
                values = values.Length >= length ? values : GC.AllocateUninitializedArray<float>(length);
                source(tensor.Parameter, values.AsSpan(0, length));
                current = tensor.Parameter;
            }

            WriteRows(file, offset, tensor, values);
            offset += GgufHeader.Align(tensor.ByteLength);
            WritePadding(file, offset, tensor);
        }
    }

    private static void WriteRows(StagedFile file, long offset, GgufTensor tensor, ReadOnlySpan<float> values)
    {
        int rowBytes = checked((int)tensor.RowBytes);
        int rowsAtOnce = Math.Max(1, BufferBytes / rowBytes);
        byte[] buffer = new byte[Math.Min(rowsAtOnce, tensor.Rows) * rowBytes];
        for (int first = 0; first < tensor.Rows; first += rowsAtOnce)
        {
            int rows = Math.Min(rowsAtOnce, tensor.Rows - first);
            for (int i = 0; i < rows; i++)
            {
                ReadOnlySpan<float> row = values.Slice(tensor.SourceRow(first + i) * tensor.Columns, tensor.Columns);
                Encode(tensor, row, buffer.AsSpan(i * rowBytes, rowBytes));
            }

            file.Write(buffer.AsSpan(0, rows * rowBytes), offset + ((long)first * rowBytes));
        }
    }

    private static void Encode(GgufTensor tensor, ReadOnlySpan<float> row, Span<byte> bytes)
    {
        switch (tensor.Type)
        {
            case GgufTensorType.F32:
                MemoryMarshal.AsBytes(row).CopyTo(bytes);
                break;
            case GgufTensorType.F16:
                HalfPrecision.NarrowToFloat16Checked(tensor.Name, row, bytes);
                break;
            default:
                Q8Block.Quantize(tensor.Name, row, bytes);
                break;
        }
    }

    private static void WritePadding(StagedFile file, long end, GgufTensor tensor)
    {
        int padding = (int)(GgufHeader.Align(tensor.ByteLength) - tensor.ByteLength);
        file.Write(new byte[padding], end - padding);
    }
}
