namespace Lazuli.Numerics;

/// <content>Weights in stored formats.</content>
public sealed unsafe partial class CpuBackend
{
    /// <summary>Rows multiplied at a time: keeps scratch small. A row's result does not depend on it.</summary>
    private const int LinearRowBlock = 512;

    /// <summary>From this many rows on weights are unpacked for all of them together.</summary>
    private const int UnpackingRows = 3;

    /// <summary>Long tiles suit memory, many tiles suit threads that do not keep step.</summary>
    private const int StreamTiles = 32;
    private const int StreamTileOutputs = 64;
    private const int MostStreamTileOutputs = 256;
    private const int PanelTileOutputs = 48; // whole panels of integers (16) and of floats (12)

    private const int MaxParts = 16;

    public DeviceBuffer MapBytes(nint address, long byteLength)
    {
        ArgumentOutOfRangeException.ThrowIfZero(address);
        ArgumentOutOfRangeException.ThrowIfNegative(byteLength);
        return new DeviceBuffer(address, byteLength, ElementType.Byte, device: 0);
    }

    public void LinearQuantized(int rows, int inputs, DeviceBuffer x, ReadOnlySpan<QuantizedWeight> parts, DeviceBuffer y, bool accumulate = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        CheckPositive(inputs, nameof(inputs));
        if (parts.Length is 0 or > MaxParts)
        {
            throw new ArgumentException($"LinearQuantized: wants 1 to {MaxParts} weights; got {parts.Length}.", nameof(parts));
        }

        LinearPart* table = stackalloc LinearPart[parts.Length];
        int outputs = DescribeParts(inputs, parts, table);
        CheckFloats(x, (long)rows * inputs, nameof(x));
        CheckFloats(y, (long)rows * outputs, nameof(y));
        CheckApart(x, y, nameof(y));
        for (int first = 0; first < rows; first += LinearRowBlock)
        {
            var g = new QuantizedLinearArguments
            {
                Parts = table,
                PartCount = parts.Length,
                Rows = Math.Min(LinearRowBlock, rows - first),
                In = inputs,
                X = x.Float32Pointer + ((nint)first * inputs),
                Y = y.Float32Pointer + ((nint)first * outputs),
                YRow = outputs,
                Accumulate = accumulate,
            };
            MultiplyQuantized(&g);
        }
    }

    public void EmbeddingGatherQuantized(WeightFormat format, int channels, DeviceBuffer ids, DeviceBuffer table, DeviceBuffer y, WeightLayout layout = WeightLayout.Rows)
    {
        CheckPositive(channels, nameof(channels));
        CheckIntegers(ids, ids.Length, nameof(ids));
        long rowBytes = WeightFormats.RowBytes(format, channels);
        if (table.IsNone || table.Type != ElementType.Byte || table.Length % rowBytes != 0)
        {
            throw new ArgumentException($"EmbeddingGatherQuantized: table wants whole rows of {rowBytes} bytes ({channels} of {format}); got {table}.", nameof(table));
        }

        CheckFloats(y, ids.Length * channels, nameof(y));
        CheckRange(ids.Int32Pointer, checked((int)ids.Length), table.Length / rowBytes, nameof(ids));
        if (layout == WeightLayout.Lanes && !LaneLayout.Fits(format, checked((int)(table.Length / rowBytes)), channels))
        {
            throw new ArgumentException($"EmbeddingGatherQuantized: {table.Length / rowBytes} rows of {channels} columns of {format} cannot lie in lanes.", nameof(layout));
        }

        byte* scratch = layout == WeightLayout.Lanes ? (byte*)_scratch.Reserve((rowBytes * ThreadCount / sizeof(float)) + 1) : null;
        var job = new QuantizedGatherJob(format, layout, (int)ids.Length, channels, ids.Int32Pointer, table.BytePointer, y.Float32Pointer, scratch);
        _pool.Run(ref job, ((int)ids.Length + QuantizedGatherJob.RowsPerTile - 1) / QuantizedGatherJob.RowsPerTile);
    }

    /// <summary>Checks the parts and places their outputs side by side; returns their number.</summary>
    private static int DescribeParts(int inputs, ReadOnlySpan<QuantizedWeight> parts, LinearPart* table)
    {
        int outputs = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            QuantizedWeight part = parts[i];
            CheckPositive(part.Out, nameof(parts));
            long rowBytes = WeightFormats.RowBytes(part.Format, inputs);
            if (part.Rows.IsNone || part.Rows.Type != ElementType.Byte || part.Rows.Length != rowBytes * part.Out)
            {
                ThrowShape(nameof(LinearQuantized), $"parts[{i}].Rows", ElementType.Byte, rowBytes * part.Out, part.Rows);
            }

            if (part.Layout == WeightLayout.Lanes && !LaneLayout.Fits(part.Format, part.Out, inputs))
            {
                throw new ArgumentException($"LinearQuantized: parts[{i}], {part.Out} rows of {inputs} columns of {part.Format}, cannot lie in lanes.", nameof(parts));
            }

            if (!part.Bias.IsNone)
            {
                CheckFloats(part.Bias, part.Out, $"parts[{i}].Bias", nameof(LinearQuantized));
            }

            table[i] = new LinearPart
            {
                Format = part.Format,
                Rows = part.Rows.BytePointer,
                RowBytes = (nint)rowBytes,
                Out = part.Out,
                Layout = part.Layout,
                Bias = part.Bias.Float32Pointer,
                Column = outputs,
            };
            outputs = checked(outputs + part.Out);
        }

        return outputs;
    }

    private void MultiplyQuantized(QuantizedLinearArguments* g)
    {
        bool vectors = Tier is InstructionTier.Avx2 or InstructionTier.Avx512;
        g->Unpacks = vectors && g->Rows >= UnpackingRows;
        int tiles = 0;
        for (int i = 0; i < g->PartCount; i++)
        {
            LinearPart* part = g->Parts + i;
            part->FirstTile = tiles;
            part->TileOutputs = g->Unpacks ? PanelTileOutputs : Math.Clamp(part->Out / StreamTiles / 16 * 16, StreamTileOutputs, MostStreamTileOutputs);
            tiles += (part->Out + part->TileOutputs - 1) / part->TileOutputs;
        }

        PrepareActivations(g, vectors);
        if (vectors)
        {
            var job = new QuantizedLinearJob(g);
            _pool.Run(ref job, tiles);
        }
        else
        {
            var job = new PortableLinear(g);
            _pool.Run(ref job, tiles);
        }
    }

    /// <summary>Brings activations into the forms that the parts' kernels read, each once.</summary>
    private void PrepareActivations(QuantizedLinearArguments* g, bool vectors)
    {
        bool integers = false, bytes = false, words = false, plain = false, half = false, upper = false;
        for (int i = 0; i < g->PartCount; i++)
        {
            switch (g->Parts[i].Format)
            {
                case WeightFormat.F32:
                    plain = vectors;
                    break;
                case WeightFormat.F16:
                    half = vectors;
                    break;
                case WeightFormat.BF16:
                    upper = vectors;
                    break;
                case WeightFormat.Q8_0:
                    bool asWords = vectors && (g->Unpacks || g->Parts[i].Layout == WeightLayout.Lanes);
                    integers = true;
                    bytes |= !asWords;
                    words |= asWords;
                    break;
                default:
                    integers = bytes = true;
                    break;
            }
        }

        int tileRows = g->Unpacks ? BlockTile.TileRows : 1;
        g->Integers = new QuantizedRows { Rows = g->Rows, Interleave = tileRows, Blocks = g->In / BlockTile.Run, ChunkBlocks = g->Unpacks ? BlockTile.ChunkRuns : Math.Max(1, g->In / BlockTile.Run) };
        g->Plain = new FloatRows { Rows = g->Rows, TileRows = tileRows, Columns = g->In, ChunkColumns = g->Unpacks ? QuantizedLinearJob.FloatChunk : (g->In + FloatRows.Run - 1) / FloatRows.Run * FloatRows.Run };
        g->Half = g->Upper = g->Plain;
        g->ScratchBytes = g->Unpacks ? QuantizedLinearJob.ScratchBytes(g->Rows) : vectors ? 0 : PortableLinear.ScratchBytes(g);
        PlaceActivations(g, integers, bytes, words, plain, half, upper);
        if (integers)
        {
            var job = new QuantizeRowsJob(g->X, g->Integers);
            _pool.Run(ref job, g->Integers.Tiles);
        }

        Arrange<Float32Format>(g, plain, in g->Plain);
        Arrange<Float16Format>(g, half, in g->Half);
        Arrange<BFloat16Format>(g, upper, in g->Upper);
    }

    private void Arrange<TFormat>(QuantizedLinearArguments* g, bool wanted, in FloatRows rows)
        where TFormat : struct, IFloatFormat
    {
        if (wanted)
        {
            var job = new ArrangeRowsJob(g->X, rows, TFormat.InputScale, TFormat.EvenFirst);
            _pool.Run(ref job, rows.Tiles);
        }
    }

    /// <summary>Shares one stretch of scratch out: threads' panels, then activations.</summary>
    private void PlaceActivations(QuantizedLinearArguments* g, bool integers, bool bytes, bool words, bool plain, bool half, bool upper)
    {
        long runs = (long)g->Integers.PaddedRows * g->Integers.Blocks, floats = (long)g->Plain.PaddedRows * g->Plain.PaddedColumns;
        long total = g->ScratchBytes * ThreadCount;
        long bytesAt = Take(bytes, runs * BlockTile.Run);
        long wordsAt = Take(words, runs * BlockTile.Run * sizeof(short));
        long termsAt = Take(integers, runs * QuantizedRows.Terms * sizeof(float));
        long plainAt = Take(plain, floats * sizeof(float));
        long halfAt = Take(half, floats * sizeof(float));
        long upperAt = Take(upper, floats * sizeof(float));
        var start = (byte*)_scratch.Reserve((total + 3) / sizeof(float));
        g->Scratch = start;
        g->Integers.Bytes = bytes ? (sbyte*)(start + bytesAt) : null;
        g->Integers.Words = words ? (short*)(start + wordsAt) : null;
        g->Integers.TermsOfRuns = (float*)(start + termsAt);
        g->Plain.Values = (float*)(start + plainAt);
        g->Half.Values = (float*)(start + halfAt);
        g->Upper.Values = (float*)(start + upperAt);

        long Take(bool wanted, long length)
        {
            long at = total;
            total += wanted ? (length + 63) / 64 * 64 : 0;
            return at;
        }
    }
}
