namespace Lazuli.Numerics;

/// <summary>A quantised linear layer in plain code, for every machine: an output at a time, its weights taken apart once for all rows.</summary>
/// <remarks>Order of sums as in <see cref="IBlockKernel"/>, with a multiplication and an addition where that has a fused one; floats in ascending order.</remarks>
internal readonly unsafe struct PortableLinear(QuantizedLinearArguments* g) : ITileJob
{
    public void Execute(int tile, int worker)
    {
        LinearPart* part = g->PartOf(tile);
        int first = (tile - part->FirstTile) * part->TileOutputs, end = Math.Min(first + part->TileOutputs, part->Out);
        byte* restored = g->Scratch + (worker * g->ScratchBytes);
        bool floats = part->Format is WeightFormat.F32 or WeightFormat.F16 or WeightFormat.BF16;
        for (int o = first; o < end; o++)
        {
            byte* weights = part->Layout == WeightLayout.Rows ? part->Rows + (o * part->RowBytes) : Restored(part, o, restored);
            for (int row = 0; row < g->Rows; row++)
            {
                float sum = floats ? Floats(part->Format, weights, g->X + ((nint)row * g->In), g->In) : Integers(part->Format, weights, in g->Integers, row);
                g->Write(part, row, o, 1, &sum);
            }
        }
    }

    /// <summary>Bytes a thread needs: a row of the widest part in lanes.</summary>
    public static nint ScratchBytes(QuantizedLinearArguments* arguments)
    {
        nint most = 0;
        for (int i = 0; i < arguments->PartCount; i++)
        {
            most = arguments->Parts[i].Layout == WeightLayout.Lanes ? Math.Max(most, arguments->Parts[i].RowBytes) : most;
        }

        return (most + 63) / 64 * 64;
    }

    private byte* Restored(LinearPart* part, int output, byte* to)
    {
        var group = new ReadOnlySpan<byte>(QuantizedLinearArguments.GroupOf(part, output), (int)part->RowBytes * LaneLayout.GroupRows);
        LaneLayout.RestoreRow(part->Format, g->In, group, output % LaneLayout.GroupRows, new Span<byte>(to, (int)part->RowBytes));
        return to;
    }

    private static float Floats(WeightFormat format, byte* weights, float* x, int columns)
    {
        float sum = 0;
        for (int k = 0; k < columns; k++)
        {
            sum += x[k] * Widen(format, weights, k);
        }

        return sum;
    }

    /// <summary>Weight <paramref name="k"/> of a row of 16- or 32-bit floats.</summary>
    public static float Widen(WeightFormat format, byte* weights, int k) => format switch
    {
        WeightFormat.F32 => ((float*)weights)[k],
        WeightFormat.F16 => (float)((Half*)weights)[k],
        _ => BitConverter.Int32BitsToSingle(((ushort*)weights)[k] << 16),
    };

    private static float Integers(WeightFormat format, byte* weights, in QuantizedRows rows, int row)
    {
        short* q = stackalloc short[StoredBlock.Length];
        int tile = row / rows.Interleave, lane = row % rows.Interleave;
        float sum = 0;
        for (int chunk = 0; chunk < rows.Chunks; chunk++)
        {
            nint index = rows.Index(chunk, tile);
            for (int block = 0; block < rows.BlocksOf(chunk); block++, index += rows.Interleave)
            {
                StoredBlock.Read(format, weights, (chunk * rows.ChunkBlocks) + block, q, out float scale, out float offset);
                float* terms = rows.TermsOfRuns + (index * QuantizedRows.Terms) + lane;
                sum += Dot(q, rows.Bytes + (index * StoredBlock.Length) + (4 * lane), 4 * rows.Interleave) * (scale * terms[0]);
                if (offset != 0)
                {
                    sum -= offset * terms[rows.Interleave];
                }
            }
        }

        return sum;
    }

    private static int Dot(short* q, sbyte* x, int step)
    {
        int sum = 0;
        for (int k = 0; k < StoredBlock.Length; k++)
        {
            sum += q[k] * x[(k / 4 * step) + (k % 4)];
        }

        return sum;
    }
}
