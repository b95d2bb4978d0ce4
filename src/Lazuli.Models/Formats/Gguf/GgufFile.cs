using Lazuli.Numerics;

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
        bool interleaved = GgufMetadata.Architecture(package.Config) == "llama";
        List<GgufStoredTensor> tensors = [.. GgufTensors.Of(table, interleaved).Select(t => new GgufStoredTensor(t, FormatOf(t, encoding)))];
        var header = new GgufHeader();
        GgufMetadata.Add(header, package, table, encoding);
        byte[] head = header.Build(tensors);
        using var file = new StagedFile(path, head.Length + tensors.Sum(t => GgufHeader.Align(t.ByteLength)));
        file.Write(head, 0);
        WriteTensors(file, head.Length, tensors, package.Parameters);
        file.Commit();
    }

    private static void WriteTensors(StagedFile file, long start, List<GgufStoredTensor> tensors, ParameterSource source)
    {
        ParameterInfo? current = null;
        float[] values = [];
        long offset = start;
        foreach (GgufStoredTensor stored in tensors)
        {
            GgufTensor tensor = stored.Tensor;
            if (!ReferenceEquals(current, tensor.Parameter))
            {
                int length = checked((int)tensor.Parameter.Length);
                values = values.Length >= length ? values : GC.AllocateUninitializedArray<float>(length);
                source(tensor.Parameter, values.AsSpan(0, length));
                current = tensor.Parameter;
            }

            WriteRows(file, offset, stored, values);
            offset += GgufHeader.Align(stored.ByteLength);
            WritePadding(file, offset, stored);
        }
    }

    private static void WriteRows(StagedFile file, long offset, GgufStoredTensor stored, ReadOnlySpan<float> values)
    {
        GgufTensor tensor = stored.Tensor;
        int rowBytes = checked((int)stored.RowBytes);
        int rowsAtOnce = Math.Max(1, BufferBytes / rowBytes);
        byte[] buffer = new byte[Math.Min(rowsAtOnce, tensor.Rows) * rowBytes];
        for (int first = 0; first < tensor.Rows; first += rowsAtOnce)
        {
            int rows = Math.Min(rowsAtOnce, tensor.Rows - first);
            for (int i = 0; i < rows; i++)
            {
                ReadOnlySpan<float> row = values.Slice(tensor.SourceRow(first + i) * tensor.Columns, tensor.Columns);
                Encode(stored, row, buffer.AsSpan(i * rowBytes, rowBytes));
            }

            file.Write(buffer.AsSpan(0, rows * rowBytes), offset + ((long)first * rowBytes));
        }
    }

    /// <summary>Stores a row, naming the tensor where it does not fit.</summary>
    private static void Encode(GgufStoredTensor stored, ReadOnlySpan<float> row, Span<byte> bytes)
    {
        try
        {
            WeightCodec.Quantize(stored.Format, row, bytes);
        }
        catch (ArgumentException e)
        {
            throw new ArgumentException($"Tensor '{stored.Tensor.Name}' cannot be stored: {e.Message}", nameof(row), e);
        }
    }

    /// <summary>Readers add vectors and positions to F32 activations, so those stay F32 in every file.</summary>
    private static WeightFormat FormatOf(GgufTensor tensor, GgufEncoding encoding)
    {
        if (!tensor.Parameter.IsMatrix || tensor.Parameter.Role == ParameterRole.PositionEmbedding)
        {
            return WeightFormat.F32;
        }

        return encoding switch
        {
            GgufEncoding.F32 => WeightFormat.F32,
            GgufEncoding.Q8_0 when tensor.Columns % WeightFormats.BlockLength(WeightFormat.Q8_0) == 0 => WeightFormat.Q8_0,
            _ => WeightFormat.F16,
        };
    }

    private static void WritePadding(StagedFile file, long end, GgufStoredTensor stored)
    {
        int padding = (int)(GgufHeader.Align(stored.ByteLength) - stored.ByteLength);
        file.Write(new byte[padding], end - padding);
    }
}
