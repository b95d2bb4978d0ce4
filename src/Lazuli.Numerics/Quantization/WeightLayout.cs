namespace Lazuli.Numerics;

/// <summary>Where the bytes of a matrix of stored weights lie.</summary>
public enum WeightLayout : byte
{
    /// <summary>Row after row, as GGML and GGUF files have them.</summary>
    Rows = 0,

    /// <summary>Eight rows together, see <see cref="LaneLayout"/>: the same bytes in another order.</summary>
    Lanes = 1,
}
