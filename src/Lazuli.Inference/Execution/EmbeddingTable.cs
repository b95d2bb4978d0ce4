using Lazuli.Numerics;

namespace Lazuli.Inference;

/// <summary>A table of vectors, in fp32 or as stored.</summary>
/// <param name="Format">How a row is stored; F32 in an arena is aligned floats, mapped it is bytes.</param>
/// <param name="Rows">The table [rows, C]; no buffer where the family has none.</param>
/// <param name="Layout">In what order bytes of rows lie.</param>
internal readonly record struct EmbeddingTable(WeightFormat Format, DeviceBuffer Rows, WeightLayout Layout = WeightLayout.Rows)
{
    /// <summary>Looks rows up.</summary>
    public void Gather(IBackend backend, int channels, DeviceBuffer ids, DeviceBuffer y)
    {
        if (Rows.Type == ElementType.Float32)
        {
            backend.EmbeddingGather(channels, ids, Rows, y);
        }
        else
        {
            backend.EmbeddingGatherQuantized(Format, channels, ids, Rows, y, Layout);
        }
    }
}
