namespace Lazuli.Numerics;

/// <summary>A matrix inside flat buffers: <paramref name="Start"/> is its first float.</summary>
public readonly record struct MuonMatrix(long Start, int Rows, int Columns)
{
    /// <summary>Number of floats.</summary>
    public long Length => (long)Rows * Columns;
}
