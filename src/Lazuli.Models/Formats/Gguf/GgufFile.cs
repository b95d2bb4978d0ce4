using System.Runtime.ExceptionServices;
using Lazuli.Numerics;

namespace Lazuli.Models;

/// <summary>Writes GGUF, version 3: one file with weights, shape, tokenizer and chat format, as llama.cpp and its kin load it.</summary>
public static class GgufFile
{
    private const int BufferBytes = 8 << 20;

    /// <summary>Writes a model. The file appears under its name whole and durable, or not at all; one parameter at a time is in memory.</summary>
    /// <param name="path">Name of the file to come.</param>
    /// <param name="package">The model.</param>
    /// <param name="encoding">How matrices are stored.</param>
    /// <exception cref="ArgumentException">The parts of the model do not fit together, a weight does not fit the encoding, or the format has no name for the architecture.</exception>
    /// <exception cref="IOException">The file cannot be created, or the disk failed or is full.</exception>
    public static void Write(string path, ModelPackage package, GgufEncoding encoding)
    {
        ArgumentNullException.ThrowIfNull(package);
        Write(path, package, GgufMixture.FileType(encoding), tensor => GgufMixture.FormatOf(tensor, encoding, package.Config));
    }

    /// <summary>Writes a model with each matrix as its files have it; otherwise as the other overload.</summary>
    /// <param name="path">Name of the file to come.</param>
    /// <param name="package">The model.</param>
    /// <param name="stored">How a parameter is to be stored: F32, F16 or BF16. Vectors and positions are F32 all the same.</param>
    /// <exception cref="ArgumentException">As for the other overload.</exception>
    /// <exception cref="IOException">As for the other overload.</exception>
    public static void Write(string path, ModelPackage package, Func<ParameterInfo, WeightFormat> stored)
    {
        ArgumentNullException.ThrowIfNull(package);
        ArgumentNullException.ThrowIfNull(stored);
        WeightFormat most = new ParameterTable(package.Config).All.Where(p => p.IsMatrix).GroupBy(stored).MaxBy(g => g.Sum(p => p.Length))!.Key;
        GgufEncoding encoding = most switch { WeightFormat.F16 => GgufEncoding.F16, WeightFormat.BF16 => GgufEncoding.BF16, _ => GgufEncoding.F32 };
        Write(path, package, GgufMixture.FileType(encoding), tensor => GgufMixture.IsPlain(tensor) ? WeightFormat.F32 : stored(tensor.Parameter));
    }

    private static void Write(string path, ModelPackage package, uint fileType, Func<GgufTensor, WeightFormat> formatOf)
    {
        ParameterTable table = ModelPackage.LayOut(package);
        bool interleaved = GgufMetadata.Architecture(package.Config) == "llama";
        var header = new GgufHeader();
        GgufMetadata.Add(header, package, table, fileType);
        Write(path, header, Outputs(package, GgufTensors.Of(table, interleaved), formatOf));
    }

    /// <summary>Writes tensors one after another behind a header, the rows of each on all processors.</summary>
    internal static void Write(string path, GgufHeader header, IReadOnlyList<GgufOutput> outputs)
    {
        byte[] head = header.Build(outputs);
        using var file = new StagedFile(path, head.Length + outputs.Sum(t => GgufHeader.Align(t.ByteLength)));
        file.Write(head, 0);
        long offset = head.Length;
        byte[] buffer = new byte[outputs.Count == 0 ? 0 : outputs.Max(o => RowsAtOnce(o) * checked((int)o.RowBytes))];
        foreach (GgufOutput output in outputs)
        {
            output.Begin?.Invoke();
            WriteRows(file, offset, output, buffer);
            long end = offset + GgufHeader.Align(output.ByteLength);
            file.Write(new byte[end - offset - output.ByteLength], offset + output.ByteLength);
            offset = end;
        }

        file.Commit();
    }

    private static int RowsAtOnce(GgufOutput output) => (int)Math.Clamp(BufferBytes / output.RowBytes, 1, output.Rows);

    private static void WriteRows(StagedFile file, long offset, GgufOutput output, byte[] buffer)
    {
        int rowBytes = checked((int)output.RowBytes);
        int rowsAtOnce = RowsAtOnce(output);
        for (int first = 0; first < output.Rows; first += rowsAtOnce)
        {
            int rows = Math.Min(rowsAtOnce, output.Rows - first);
            int start = first;
            try
            {
                Parallel.For(0, rows, i => output.Write(start + i, buffer.AsSpan(i * rowBytes, rowBytes)));
            }
            catch (AggregateException e)
            {
                ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
            }

            file.Write(buffer.AsSpan(0, rows * rowBytes), offset + ((long)first * rowBytes));
        }
    }

    private static List<GgufOutput> Outputs(ModelPackage package, IReadOnlyList<GgufTensor> tensors, Func<GgufTensor, WeightFormat> formatOf)
    {
        var outputs = new List<GgufOutput>();
        ParameterInfo? current = null;
        float[] values = [];
        foreach (GgufTensor tensor in tensors)
        {
            WeightFormat format = formatOf(tensor);
            outputs.Add(new GgufOutput
            {
                Name = tensor.Name,
                Dimensions = tensor.Dimensions,
                Format = format,
                Rows = tensor.Rows,
                Columns = tensor.Columns,
                Begin = () => Load(tensor.Parameter),
                Write = (row, bytes) => GgufOutput.Encode(tensor.Name, format, values.AsSpan(tensor.SourceRow(row) * tensor.Columns, tensor.Columns), bytes),
            });
        }

        if (package.Config.RopeScaling is Llama3RopeScaling or TabledRopeScaling)
        {
            outputs.Add(RopeFactors(package.Config));
        }

        return outputs;

        // Tensors of one parameter follow one another.
        void Load(ParameterInfo parameter)
        {
            if (!ReferenceEquals(current, parameter))
            {
                int length = checked((int)parameter.Length);
                values = values.Length >= length ? values : GC.AllocateUninitializedArray<float>(length);
                package.Parameters(parameter, values.AsSpan(0, length));
                current = parameter;
            }
        }
    }

    private static GgufOutput RopeFactors(ModelConfig config)
    {
        float[] divisors = [.. Enumerable.Range(0, config.HeadSize / 2).Select(j => (float)config.RopeScaling!.Divisor(j, config.HeadSize, config.RopeBase))];
        return new GgufOutput
        {
            Name = GgufShape.RopeFactors,
            Dimensions = [divisors.Length],
            Format = WeightFormat.F32,
            Rows = 1,
            Columns = divisors.Length,
            Write = (_, bytes) => WeightCodec.Quantize(WeightFormat.F32, divisors, bytes),
        };
    }
}
