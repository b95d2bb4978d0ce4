namespace Lazuli.Numerics;

/// <summary>Training attention: B sequences of T tokens, H query heads, G key/value heads, head size D.</summary>
public readonly record struct AttentionShape(int Batch, int Time, int Heads, int KeyValueHeads, int HeadSize)
{
    /// <summary>Floats of one qkv row: (H + 2G)·D.</summary>
    public int RowStride => (Heads + (2 * KeyValueHeads)) * HeadSize;
}
