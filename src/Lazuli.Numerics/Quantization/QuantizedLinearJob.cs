using System.Runtime.Intrinsics;

namespace Lazuli.Numerics;

/// <summary>A quantised linear layer with AVX2: a tile is some outputs of one part, for all rows.</summary>
/// <remarks>
/// One row or two: weights are read as they lie, eight rows of them at a time (in lanes twice eight), once for each row of activations, from the cache after the first. Some rows,
/// weights in lanes: four rows of activations at a time, still as they lie. Many rows: panels of weights are unpacked chunk by chunk. All ways give the same bits.
/// </remarks>
internal readonly unsafe struct QuantizedLinearJob(QuantizedLinearArguments* g) : ITileJob
{
    /// <summary>Scratch a thread needs for this many rows, in bytes: the larger of both kinds of panel, and sums.</summary>
    public static nint ScratchBytes(int rows)
    {
        nint padded = (rows + BlockTile.TileRows - 1) / BlockTile.TileRows * BlockTile.TileRows;
        nint integers = (BlockTile.ChunkRuns * LargestPanelRun) + (padded * BlockTile.PanelOutputs * sizeof(float));
        nint floats = ((FloatChunk * FloatPanel) + (PanelsTogether * RowTilesTogether * FloatTileSums)) * sizeof(float);
        return (Math.Max(integers, floats) + 127) / 64 * 64;
    }

    /// <summary>Columns of a chunk of widened weights.</summary>
    public const int FloatChunk = 256;

    private const int FloatPanel = FloatKernel<Float16Format>.PanelOutputs;
    private const int LargestPanelRun = 1152;

    /// <summary>Panels of floats that share a chunk of activations: 128 rows of it and the sums of all panels fit the second-level cache.</summary>
    private const int PanelsTogether = 4;
    private const int RowTilesTogether = 32;
    private const int FloatTileSums = BlockTile.TileRows * FloatPanel * 8;

    public void Execute(int tile, int worker)
    {
        LinearPart* part = g->PartOf(tile);
        int first = (tile - part->FirstTile) * part->TileOutputs;
        int end = Math.Min(first + part->TileOutputs, part->Out);
        switch (part->Format)
        {
            case WeightFormat.F32:
                Floats<Float32Format>(part, in g->Plain, first, end, worker);
                break;
            case WeightFormat.F16:
                Floats<Float16Format>(part, in g->Half, first, end, worker);
                break;
            case WeightFormat.BF16:
                Floats<BFloat16Format>(part, in g->Upper, first, end, worker);
                break;
            case WeightFormat.Q8_0:
                Integers<Q80Kernel>(part, first, end, worker);
                break;
            case WeightFormat.Q4_0:
                Integers<Q40Kernel>(part, first, end, worker);
                break;
            case WeightFormat.Q4_K:
                Integers<Q4KKernel>(part, first, end, worker);
                break;
            case WeightFormat.Q5_K:
                Integers<Q5KKernel>(part, first, end, worker);
                break;
            case WeightFormat.Q4_1:
                Integers<LooseKernel<Q41Format>>(part, first, end, worker);
                break;
            case WeightFormat.Q5_0:
                Integers<LooseKernel<Q50Format>>(part, first, end, worker);
                break;
            case WeightFormat.Q5_1:
                Integers<LooseKernel<Q51Format>>(part, first, end, worker);
                break;
            default:
                Integers<Q6KKernel>(part, first, end, worker);
                break;
        }
    }

    private void Integers<TKernel>(LinearPart* part, int first, int end, int worker)
        where TKernel : struct, IBlockKernel
    {
        if (!g->Unpacks && part->Layout == WeightLayout.Lanes)
        {
            // Two streams, each through one half of the tile: what lies ahead of either is what it reads next.
            int middle = first + (((end - first) / LaneLayout.GroupRows + 1) / 2 * LaneLayout.GroupRows);
            for (int o = first; o < middle; o += LaneLayout.GroupRows)
            {
                StreamedLanes<TKernel>(part, o, Math.Min(o + middle - first, end - LaneLayout.GroupRows));
            }
        }
        else if (part->Layout == WeightLayout.Lanes && g->Integers.Tiles <= TKernel.MostDirectTiles)
        {
            for (int o = first; o < end; o += BlockTile.PanelOutputs)
            {
                DirectLanes<TKernel>(part, o, g->Scratch + (worker * g->ScratchBytes));
            }
        }
        else if (g->Unpacks)
        {
            for (int o = first; o < end; o += BlockTile.PanelOutputs)
            {
                UnpackedIntegers<TKernel>(part, o, g->Scratch + (worker * g->ScratchBytes));
            }
        }
        else
        {
            for (int o = first; o < end; o += BlockTile.StreamOutputs)
            {
                StreamedIntegers<TKernel>(part, o);
            }
        }
    }

    private void StreamedIntegers<TKernel>(LinearPart* part, int output)
        where TKernel : struct, IBlockKernel
    {
        byte** weights = stackalloc byte*[BlockTile.StreamOutputs];
        float* sums = stackalloc float[BlockTile.StreamOutputs];
        QuantizedLinearArguments.PointAt(part, output, BlockTile.StreamOutputs, weights);
        for (int row = 0; row < g->Rows; row++)
        {
            nint index = g->Integers.Index(0, row);
            TKernel.Stream(weights, g->Integers.Blocks, g->Integers.Bytes + (index * BlockTile.Run), g->Integers.TermsOfRuns + (index * QuantizedRows.Terms), part->RowBytes, sums);
            g->Write(part, row, output, BlockTile.StreamOutputs, sums);
        }
    }

    private void StreamedLanes<TKernel>(LinearPart* part, int output, int other)
        where TKernel : struct, IBlockKernel
    {
        float* sums = stackalloc float[2 * LaneLayout.GroupRows];
        byte* first = QuantizedLinearArguments.GroupOf(part, output), second = QuantizedLinearArguments.GroupOf(part, other);
        for (int row = 0; row < g->Rows; row++)
        {
            nint index = g->Integers.Index(0, row);
            TKernel.StreamLanes(first, second, g->Integers.Blocks, InputOf<TKernel>(index), g->Integers.TermsOfRuns + (index * QuantizedRows.Terms), sums);
            g->Write(part, row, output, LaneLayout.GroupRows, sums);
            if (other != output)
            {
                g->Write(part, row, other, LaneLayout.GroupRows, sums + LaneLayout.GroupRows);
            }
        }
    }

    /// <summary>Some rows times two groups: the first four rows stream them from memory, the others find them in the cache.</summary>
    private void DirectLanes<TKernel>(LinearPart* part, int output, byte* scratch)
        where TKernel : struct, IBlockKernel
    {
        byte* first = QuantizedLinearArguments.GroupOf(part, output), second = QuantizedLinearArguments.GroupOf(part, output + LaneLayout.GroupRows);
        ref readonly QuantizedRows rows = ref g->Integers;
        ClearSums(scratch, out float* sums);
        for (int tile = 0; tile < rows.Tiles; tile++)
        {
            for (int chunk = 0; chunk < rows.Chunks; chunk++)
            {
                nint index = rows.Index(chunk, tile);
                TKernel.MultiplyLanes(
                    first, second, chunk * BlockTile.ChunkRuns, rows.BlocksOf(chunk), InputOf<TKernel>(index), rows.TermsOfRuns + (index * QuantizedRows.Terms), sums + ((nint)tile * BlockTile.TileRows * BlockTile.PanelOutputs));
            }
        }

        WritePanel(part, output, sums);
    }

    /// <summary>Sums of all rows for a panel, set to zero; what the scratch has besides lies behind them.</summary>
    private byte* ClearSums(byte* scratch, out float* sums)
    {
        int count = g->Integers.PaddedRows * BlockTile.PanelOutputs;
        sums = (float*)scratch;
        new Span<float>(sums, count).Clear();
        return scratch + ((nint)count * sizeof(float));
    }

    private void WritePanel(LinearPart* part, int output, float* sums)
    {
        for (int row = 0; row < g->Rows; row++)
        {
            g->Write(part, row, output, BlockTile.PanelOutputs, sums + ((nint)row * BlockTile.PanelOutputs));
        }
    }

    private void* InputOf<TKernel>(nint index)
        where TKernel : struct, IBlockKernel =>
        TKernel.ReadsWords ? g->Integers.Words + (index * BlockTile.Run) : g->Integers.Bytes + (index * BlockTile.Run);

    private void UnpackedIntegers<TKernel>(LinearPart* part, int output, byte* scratch)
        where TKernel : struct, IBlockKernel
    {
        byte** weights = stackalloc byte*[BlockTile.PanelOutputs];
        bool inLanes = part->Layout == WeightLayout.Lanes;
        int rowsOfStream = inLanes ? LaneLayout.GroupRows : 1, streams = BlockTile.PanelOutputs / rowsOfStream;
        if (inLanes)
        {
            weights[0] = QuantizedLinearArguments.GroupOf(part, output);
            weights[1] = QuantizedLinearArguments.GroupOf(part, output + LaneLayout.GroupRows);
        }
        else
        {
            QuantizedLinearArguments.PointAt(part, output, BlockTile.PanelOutputs, weights);
        }

        ref readonly QuantizedRows rows = ref g->Integers;
        byte* panel = ClearSums(scratch, out float* sums);
        nint chunkBytes = rowsOfStream * (nint)WeightFormats.BlockBytes(part->Format) * (BlockTile.ChunkRuns * BlockTile.Run) / WeightFormats.BlockLength(part->Format);
        for (int chunk = 0; chunk < rows.Chunks; chunk++)
        {
            int runs = rows.BlocksOf(chunk);
            if (inLanes)
            {
                TKernel.UnpackLanes(weights[0], chunk * BlockTile.ChunkRuns, runs, panel, 0);
                TKernel.UnpackLanes(weights[1], chunk * BlockTile.ChunkRuns, runs, panel, 1);
            }
            else
            {
                TKernel.Unpack(weights, chunk * BlockTile.ChunkRuns, runs, panel);
            }

            nint next = chunk + 1 < rows.Chunks ? (chunk + 1) * chunkBytes : streams * rowsOfStream * part->RowBytes;
            for (int tile = 0; tile < rows.Tiles; tile++)
            {
                PrefetchShare(weights, streams, tile, rows.Tiles, next, chunkBytes, StreamPrefetch.LineBytes);
                nint index = rows.Index(chunk, tile);
                TKernel.Multiply(panel, runs, InputOf<TKernel>(index), rows.TermsOfRuns + (index * QuantizedRows.Terms), sums + ((nint)tile * BlockTile.TileRows * BlockTile.PanelOutputs));
            }
        }

        WritePanel(part, output, sums);
    }

    /// <summary>While tile <paramref name="tile"/> is multiplied: asks for its share of what is unpacked next.</summary>
    private static void PrefetchShare(byte** weights, int count, int tile, int tiles, nint offset, nint bytes, nint step)
    {
        for (int row = tile * count / tiles; row < (tile + 1) * count / tiles; row++)
        {
            StreamPrefetch.Every(weights[row] + offset, bytes, step);
        }
    }

    private void Floats<TFormat>(LinearPart* part, in FloatRows rows, int first, int end, int worker)
        where TFormat : struct, IFloatFormat
    {
        if (g->Unpacks)
        {
            for (int o = first; o < end; o += PanelsTogether * FloatPanel)
            {
                for (int tile = 0; tile < rows.Tiles; tile += RowTilesTogether)
                {
                    UnpackedFloats<TFormat>(part, in rows, o, Math.Min(end, o + (PanelsTogether * FloatPanel)), tile, g->Scratch + (worker * g->ScratchBytes));
                }
            }
        }
        else
        {
            for (int o = first; o < end; o += FloatKernel<TFormat>.StreamOutputs)
            {
                StreamedFloats<TFormat>(part, in rows, o);
            }
        }
    }

    private void StreamedFloats<TFormat>(LinearPart* part, in FloatRows rows, int output)
        where TFormat : struct, IFloatFormat
    {
        const int Outputs = FloatKernel<TFormat>.StreamOutputs;
        byte** weights = stackalloc byte*[Outputs];
        float* sums = stackalloc float[Outputs];
        nint step = QuantizedLinearArguments.PointAtRuns(part, output, Outputs, FloatRows.Run * TFormat.Bytes, weights);
        byte* ahead = weights[0] + (part->Layout == WeightLayout.Lanes ? StreamPrefetch.AheadBytes : Outputs * part->RowBytes);
        for (int row = 0; row < g->Rows; row++)
        {
            FloatKernel<TFormat>.Stream(weights, rows.Columns, rows.At(0, row), step, ahead, sums);
            g->Write(part, row, output, Outputs, sums);
        }
    }

    private void UnpackedFloats<TFormat>(LinearPart* part, in FloatRows rows, int output, int end, int firstTile, byte* scratch)
        where TFormat : struct, IFloatFormat
    {
        byte** weights = stackalloc byte*[FloatPanel];
        int tiles = Math.Min(RowTilesTogether, rows.Tiles - firstTile);
        var panel = (float*)scratch;
        float* sums = panel + (FloatChunk * FloatPanel);
        new Span<float>(sums, PanelsTogether * RowTilesTogether * FloatTileSums).Clear();
        bool inLanes = part->Layout == WeightLayout.Lanes;
        nint chunkBytes = FloatChunk * TFormat.Bytes * (inLanes ? LaneLayout.GroupRows : 1);
        for (int chunk = 0; chunk < rows.Chunks; chunk++)
        {
            int column = chunk * FloatChunk, padded = rows.ColumnsOf(chunk);
            nint next = chunk + 1 < rows.Chunks ? (chunk + 1) * chunkBytes : PanelsTogether * FloatPanel * part->RowBytes;
            float* to = sums;
            for (int o = output; o < end; o += FloatPanel)
            {
                nint step = QuantizedLinearArguments.PointAtRuns(part, o, FloatPanel, FloatRows.Run * TFormat.Bytes, weights);
                FloatKernel<TFormat>.Widen(weights, column, Math.Min(padded, rows.Columns - column), padded, step, panel);
                for (int tile = 0; tile < tiles; tile++, to += FloatTileSums)
                {
                    PrefetchShare(weights, FloatPanel, tile, tiles, next, chunkBytes, inLanes ? step : StreamPrefetch.LineBytes);
                    FloatKernel<TFormat>.Multiply(panel, padded, rows.At(chunk, firstTile + tile), to);
                }
            }
        }

        WriteFloats<TFormat>(part, output, end, firstTile, tiles, sums);
    }

    /// <summary>Adds lanes up and writes what panels side by side gave for some tiles of rows.</summary>
    private void WriteFloats<TFormat>(LinearPart* part, int output, int end, int firstTile, int tiles, float* sums)
        where TFormat : struct, IFloatFormat
    {
        float* results = stackalloc float[FloatPanel];
        int firstRow = firstTile * BlockTile.TileRows;
        for (int o = output; o < end; o += FloatPanel, sums += (nint)tiles * FloatTileSums)
        {
            for (int row = firstRow; row < Math.Min(g->Rows, firstRow + (tiles * BlockTile.TileRows)); row++)
            {
                for (int i = 0; i < FloatPanel; i++)
                {
                    results[i] = FloatKernel<TFormat>.Sum(Vector256.Load(sums + ((((nint)(row - firstRow) * FloatPanel) + i) * 8)));
                }

                g->Write(part, row, o, FloatPanel, results);
            }
        }
    }
}
