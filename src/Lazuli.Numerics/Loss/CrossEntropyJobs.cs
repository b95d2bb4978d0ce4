namespace Lazuli.Numerics;

/// <summary>Logits of one strip of the vocabulary for all rows of a chunk, and their exponentials while they are in cache.</summary>
internal readonly unsafe struct LogitsJob<TKernel>(CrossEntropyChunk* chunk, GemmArguments* product, float** scratch) : ITileJob
    where TKernel : unmanaged, IMicroKernel
{
    public void Execute(int tile, int worker)
    {
        int first = tile * CrossEntropyChunk.StripEntries;
        GemmStrip<TKernel>.Run(product, first, chunk->StripEnd(tile), 0, chunk->PaddedRows / TKernel.Columns, scratch[worker]);
        StripSoftmax.Exponentiate(chunk, tile, TKernel.Columns);
    }
}

/// <summary>Losses of eight rows.</summary>
internal readonly unsafe struct JoinJob(CrossEntropyChunk* chunk) : ITileJob
{
    public void Execute(int tile, int worker) => StripSoftmax.Join(chunk, tile * 8);
}

/// <summary>Gradient by the logits of one strip, then its rows of the weight's gradient.</summary>
internal readonly unsafe struct HeadWeightGradientJob<TKernel>(CrossEntropyChunk* chunk, GemmArguments* product, float** scratch) : ITileJob
    where TKernel : unmanaged, IMicroKernel
{
    public void Execute(int tile, int worker)
    {
        StripSoftmax.Differentiate(chunk, tile, TKernel.Columns);
        int panels = (product->N + TKernel.Columns - 1) / TKernel.Columns;
        GemmStrip<TKernel>.Run(product, tile * CrossEntropyChunk.StripEntries, chunk->StripEnd(tile), 0, panels, scratch[worker]);
    }
}

/// <summary>Turns the input's gradient, kept as panels <c>[rows / W][C][W]</c>, into rows; a tile is one panel.</summary>
internal readonly unsafe struct UntransposeJob(float* panels, int panelWidth, int rows, int channels, float* dx) : ITileJob
{
    public void Execute(int tile, int worker)
    {
        int first = tile * panelWidth;
        int count = Math.Min(panelWidth, rows - first);
        float* from = panels + ((nint)tile * channels * panelWidth);
        for (int r = 0; r < count; r++)
        {
            float* to = dx + ((nint)(first + r) * channels);
            for (int c = 0; c < channels; c++)
            {
                to[c] = from[((nint)c * panelWidth) + r];
            }
        }
    }
}
