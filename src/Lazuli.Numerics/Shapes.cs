namespace Lazuli.Numerics;

/// <summary>A linear layer: R rows, In inputs, Out outputs.</summary>
public readonly record struct LinearShape(int Rows, int In, int Out);

/// <summary>Which operands of <see cref="IBackend.MatMul"/> are stored transposed.</summary>
public enum MatMulKind
{
    /// <summary>a [M,K], b [K,N].</summary>
    NN,

    /// <summary>a [M,K], b [N,K].</summary>
    NT,

    /// <summary>a [K,M], b [K,N].</summary>
    TN,
}

/// <summary>Training attention: B sequences of T tokens, H query heads, G key/value heads, head size D.</summary>
public readonly record struct AttentionShape(int Batch, int Time, int Heads, int KeyValueHeads, int HeadSize)
{
    /// <summary>Floats of one qkv row: (H + 2G)·D.</summary>
    public int RowStride => (Heads + (2 * KeyValueHeads)) * HeadSize;
}

/// <summary>Inference attention over pages of a key/value pool.</summary>
public readonly record struct PagedAttentionShape(int Rows, int Heads, int KeyValueHeads, int HeadSize, int PageSize, int MaxPagesPerSequence)
{
    /// <summary>Floats of one qkv row: (H + 2G)·D.</summary>
    public int RowStride => (Heads + (2 * KeyValueHeads)) * HeadSize;
}

/// <summary>How rotary pairs lie in a head.</summary>
public enum RopePairing
{
    /// <summary>(j, j + D/2): Hugging Face Llama, GPT-NeoX, Qwen.</summary>
    Halves,

    /// <summary>(2j, 2j+1): the original paper, llama.cpp's "NORM".</summary>
    Interleaved,
}

/// <summary>Rows of a matrix of heads: row stride in floats, head size, pairing.</summary>
public readonly record struct RopeShape(int Rows, int RowStride, int HeadSize, RopePairing Pairing);

/// <summary>Settings of one AdamW pass; <paramref name="Step"/> counts from 1.</summary>
public readonly record struct AdamWStep(float LearningRate, float Beta1, float Beta2, float Epsilon, float WeightDecay, long Step);

/// <summary>Settings of one Muon pass. The update is scaled by <c>max(1, rows/columns)^½</c>.</summary>
public readonly record struct MuonStep(float LearningRate, float Momentum, float WeightDecay);
